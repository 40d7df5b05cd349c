import { expect, it } from 'vitest';
import { fileName } from './file-name.ts';

const at = new Date(2026, 10, 6, 12).getTime();

it.each([
  ['Ada', 'Sotto Ada 2026-11-06.html'],
  ['../../etc/passwd', 'Sotto etc passwd 2026-11-06.html'],
  ['a\u202Elmth.exe', 'Sotto almth exe 2026-11-06.html'],
  ['C:\\x<y>|"z"?*', 'Sotto C x y z 2026-11-06.html'],
  ['', 'Sotto 2026-11-06.html'],
  ['مريم', 'Sotto مريم 2026-11-06.html'],
  ['x'.repeat(300), `Sotto ${'x'.repeat(120)} 2026-11-06.html`],
  ['👨‍👩‍👧‍👦'.repeat(20), `Sotto ${'👨‍👩‍👧‍👦'.repeat(4)} 2026-11-06.html`],
])('names the file of %j so that every system takes it', (title, name) => {
  expect(fileName(title, at, 'html')).toBe(name);
});
