import { describe, expect, it } from 'vitest';
import { RULES, type Rules } from './rules.ts';
import { walk, type Faults } from './walk.ts';

const WALKS = 3_000;

const violationsOf = (faults: Faults, rules: Rules = RULES) =>
  Array.from({ length: WALKS }, (_, index) => walk(index * 7_919 + 13, 1 + (index % 9), faults, rules)).filter(
    (outcome) => outcome.tag === 'violation',
  );

describe('a group over commit rows comes to rest', () => {
  it.each<[string, Faults]>([
    ['when nothing goes wrong', {}],
    ['when the relay keeps things back for a while', { withholding: true }],
    ['when people are away for months', { time: true }],
    ['when the relay is restored from a backup', { restore: true }],
    ['when the relay is restored and keeps things back', { restore: true, withholding: true }],
  ])('%s', (_, faults) => {
    expect(violationsOf(faults)).toEqual([]);
  });

  it('when some members break every rule, unless they are as many as the honest ones', () => {
    expect(violationsOf({ malicious: true }).filter(({ isOutnumbered }) => !isOutnumbered)).toEqual([]);
  });

  it('walks the same way again from the same seed', () => {
    const faults = { malicious: true, time: true, restore: true, withholding: true };
    expect(walk(13, 9, faults)).toEqual(walk(13, 9, faults));
  });
});

describe('each rule is needed', () => {
  it.each<[keyof Rules, Faults]>([
    ['pins', { time: true }],
    ['messagesNameHead', { malicious: true }],
    ['hold', { withholding: true }],
    ['provisional', { malicious: true }],
    ['reoffer', { restore: true }],
    ['freeze', { restore: true }],
    ['keepUnseen', { time: true }],
  ])('without "%s" it does not', (rule, faults) => {
    const violations = violationsOf(faults, { ...RULES, [rule]: false });
    expect(violations.filter(({ isOutnumbered }) => !isOutnumbered).length).toBeGreaterThan(0);
  });
});
