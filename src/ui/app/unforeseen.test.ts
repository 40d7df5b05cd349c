import { expect, it } from 'vitest';
import { CoreCallError } from '../../rpc/core-call-error.ts';
import { isUnforeseen } from './unforeseen.ts';

it('what was asked when the account was locked alarms nobody; everything else is told', () => {
  expect(isUnforeseen(new CoreCallError('ended', 'search'))).toBe(false);
  expect(isUnforeseen(new CoreCallError('timed-out', 'search'))).toBe(true);
  expect(isUnforeseen(new CoreCallError('failed', 'search'))).toBe(true);
  expect(isUnforeseen(new TypeError('a bug'))).toBe(true);
  expect(isUnforeseen(undefined)).toBe(true);
});
