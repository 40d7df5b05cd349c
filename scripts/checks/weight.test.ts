import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { weigh } from './weight.ts';

const contents: Readonly<Record<string, Uint8Array>> = {
  'noise.wasm': randomBytes(10 * 1024),
  'repetition.js': Buffer.alloc(100 * 1024, 'a'),
  'manual.html': randomBytes(50 * 1024),
};
const read = (path: string): Uint8Array => contents[path]!;

test('only what is needed to chat is weighed, the heaviest first, as it crosses the wire', () => {
  const { parts, totalKb } = weigh(
    [
      { path: 'repetition.js', critical: true },
      { path: 'manual.html', critical: false },
      { path: 'noise.wasm', critical: true },
    ],
    read,
  );
  expect(parts.map(({ path }) => path)).toEqual(['noise.wasm', 'repetition.js']);
  expect(totalKb).toBeGreaterThan(10);
  expect(totalKb).toBeLessThan(11);
});

test('a release without critical files weighs nothing, which the check refuses to believe', () => {
  expect(weigh([{ path: 'manual.html', critical: false }], read)).toEqual({ parts: [], totalKb: 0 });
});
