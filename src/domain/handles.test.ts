import { expect, test } from 'vitest';
import { parseHandle } from './handles.ts';

test('people type handles with an @, in capitals, with blanks around', () => {
  expect(parseHandle(' @Ana_91 ')).toEqual({ ok: true, value: 'ana_91' });
});

test.each(['', 'ab', 'a'.repeat(33), 'ana-maria', 'аna', 'ana b', '@@ana'])('%j is no handle', (typed) => {
  expect(parseHandle(typed)).toEqual({ ok: false, error: { tag: 'handle-invalid' } });
});
