import { describe, expect, test } from 'vitest';
import { controlLine, type AssureLine } from '../../assure/contract.ts';
import { areasAmong } from './areas.ts';
import { createAssureContext, describeLine, isKept, parseLines, tallyAssurance } from './assurance.ts';

const kept: AssureLine = { name: 'a crash loses nothing', tried: 100, bad: 0, asked: 100 };
const seen = controlLine('a commit without a flush', { tried: 10, turnedRed: true });

describe('a promise', () => {
  test('is kept when it was tried often enough and never broken', () => {
    expect(isKept(kept)).toBe(true);
    expect(isKept({ ...kept, bad: 1 })).toBe(false);
  });

  test('that was tried less often than asked, or not at all, is not kept', () => {
    expect(isKept({ ...kept, tried: 99 })).toBe(false);
    expect(isKept({ ...kept, tried: 0, asked: 0 })).toBe(false);
  });
});

describe('a suite', () => {
  test('passes with its checks and a control that turned red', () => {
    expect(tallyAssurance([kept, seen])).toEqual({ passed: 2, failed: 0, skipped: 0 });
  });

  test('fails when its control stayed green: the check is blind', () => {
    const blind = controlLine('a commit without a flush', { tried: 10, turnedRed: false });
    expect(tallyAssurance([kept, blind])).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  test('says that it skipped what this machine lacks something for', () => {
    const skipped: AssureLine = { ...kept, tried: 0, skipped: 'there is no Firefox on this machine' };
    expect(tallyAssurance([kept, skipped, seen])).toEqual({ passed: 2, failed: 0, skipped: 1 });
    expect(describeLine(skipped)).toBe('-   a crash loses nothing: skipped, there is no Firefox on this machine');
  });

  test('fails without a control', () => {
    expect(tallyAssurance([kept])).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });
});

test('a small scale still tries every check at least once', () => {
  const context = createAssureContext(0.05, 1);
  expect([5_000, 50, 1].map((atFullScale) => context.asked(atFullScale))).toEqual([250, 3, 1]);
});

test('JSON lines are found among what npm and tools print around them', () => {
  const output = `> sotto@0.1.0 assure\n\n${JSON.stringify(kept)}\nwarning: x\n${JSON.stringify(seen)}\n`;
  expect(parseLines<AssureLine>(output)).toEqual([kept, seen]);
});

test('areas are the files that are there, without the contract and the tests', () => {
  expect(areasAmong(['storage.ts', 'contract.ts', 'relay.ts', 'relay.test.ts', 'support'], '.ts')).toEqual([
    'relay',
    'storage',
  ]);
  expect(areasAmong(['storage.bench.ts', 'contract.ts'], '.bench.ts')).toEqual(['storage']);
});
