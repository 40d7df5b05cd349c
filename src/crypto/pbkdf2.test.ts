import { glob, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('nobody reaches around the floor', async () => {
  const importers: string[] = [];
  const root = new URL('../../', import.meta.url).pathname;
  for await (const path of glob(['src/**/*.{ts,vue}', 'relay/**/*.ts'], { cwd: root })) {
    const source = await readFile(`${root}${path}`, 'utf8');
    if (/from '[^']*pbkdf2-unbounded\.ts'/.test(source)) importers.push(path);
  }
  expect(importers.sort()).toEqual(['src/crypto/pbkdf2.ts', 'src/crypto/testing/wycheproof.ts']);
});
