import { expect, test } from 'vitest';
import { believeRow, sweepRows } from './testing/row-sweep.ts';

test('a row says what its relay signed, and only of the commit that it was made for', async () => {
  expect(await sweepRows(1, 120)).toMatchObject({ bad: 0 });
});

test('the check of rows sees rows that are believed whoever signed them', async () => {
  expect((await sweepRows(1, 120, believeRow)).bad).toBeGreaterThan(0);
});
