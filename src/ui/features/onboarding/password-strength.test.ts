import { describe, expect, it } from 'vitest';
import { strengthOf } from './password-strength.ts';

describe('the strength hint', () => {
  it('counts what is missing in characters as people see them', () => {
    expect(strengthOf('')).toEqual({ level: 'too-short', missing: 8 });
    expect(strengthOf('🔑🔑')).toEqual({ level: 'too-short', missing: 6 });
  });

  it.each([
    ['aaaaaaaaaaaaaaaa', 'weak'],
    ['12345678901234', 'weak'],
    ['qwertyuiop', 'weak'],
    ['Tr0ub4dor', 'weak'],
    ['Kettle2026', 'fair'],
    ['kettle ridge lamp rope', 'good'],
    ['f8#Kq2!vTm9x', 'good'],
    ['暗号を忘れないでください', 'good'],
  ])('judges %s as %s', (password, level) => {
    expect(strengthOf(password).level).toBe(level);
  });
});
