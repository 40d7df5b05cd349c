import { expect, test } from 'vitest';
import { safetyNumber, safetyNumberGroups } from './safety-number.ts';

const bytes = (start: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => (start + index * 7) % 256);

test('both people read the same 60 digits', () => {
  const number = safetyNumber(bytes(1), bytes(99));
  expect(number).toMatch(/^\d{60}$/);
  expect(safetyNumber(bytes(99), bytes(1))).toBe(number);
  expect(safetyNumberGroups(number)).toHaveLength(12);
});

test('a key put in by somebody else changes the number', () => {
  expect(safetyNumber(bytes(1), bytes(99))).not.toBe(safetyNumber(bytes(1), bytes(98)));
});

test('the layout is frozen: numbers compared on paper stay valid', () => {
  expect(safetyNumber(bytes(1), bytes(99))).toBe('737253440095075557501642577100836154429004965656406052348910');
});
