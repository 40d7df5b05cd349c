import { describe, expect, it } from 'vitest';
import { markedCells, vaultMark } from './vault-mark.ts';

const ID = '2b9f4e81d03c6a57e2b9f4e81d03c6a5';
const drawn = (id: string): string[] => {
  const cells = new Set(markedCells(id).map(([x, y]) => `${x} ${y}`));
  const row = (y: number) => [0, 1, 2, 3, 4].map((x) => (cells.has(`${x} ${y}`) ? '#' : '.')).join('');
  return [0, 1, 2, 3, 4].map(row);
};

describe('the picture of a vault', () => {
  it('stays the same from version to version', () => {
    expect(drawn(ID)).toEqual(['##.##', '##.##', '#...#', '#.#.#', '..#..']);
  });

  it('is drawn with a margin of two', () => {
    expect(vaultMark(ID)).toMatch(/^M2 2h1\.04v1\.04h-1\.04z/);
    expect(vaultMark(ID).match(/M/g)?.length).toBe(markedCells(ID).length);
  });

  it('is symmetric', () => {
    for (const row of drawn(ID)) expect([...row].reverse().join('')).toBe(row);
  });

  it('tells accounts apart', () => {
    const random = (seed: number) =>
      Array.from({ length: 32 }, (_, index) => ((seed * 2_654_435_761 + index * 40_503 * seed) >>> 7) % 16)
        .map((digit) => digit.toString(16))
        .join('');
    const pictures = new Set(Array.from({ length: 50 }, (_, seed) => drawn(random(seed + 1)).join()));
    expect(pictures.size).toBeGreaterThan(45);
  });
});
