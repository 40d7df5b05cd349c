import { expect, test } from 'vitest';
import { isInstalled, isSatisfied } from './installed.mjs';

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/vue': { version: '3.5.45' },
  'node_modules/fsevents': { version: '2.3.3', optional: true },
};

test('a finished install is not repeated', () => {
  expect(isSatisfied(wanted, { 'node_modules/vue': { version: '3.5.45' } })).toBe(true);
});

test('a package that was updated or added in the lockfile is installed', () => {
  expect(isSatisfied(wanted, { 'node_modules/vue': { version: '3.5.44' } })).toBe(false);
  expect(isSatisfied(wanted, {})).toBe(false);
});

test('an optional package of another system is not missed, but its wrong version is', () => {
  const present = { 'node_modules/vue': { version: '3.5.45' }, 'node_modules/fsevents': { version: '1.0.0' } };
  expect(isSatisfied(wanted, present)).toBe(false);
});

test('a folder without node_modules needs an install', () => {
  expect(isInstalled('/nowhere')).toBe(false);
});
