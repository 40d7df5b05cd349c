import { LIMITS } from '../../../domain/limits.ts';

/**
 * How long a password would stand, judged by length and variety alone. It knows no dictionary, so "correct horse
 * battery staple" looks good here; the screen says so.
 */
export type Strength =
  { readonly level: 'too-short'; readonly missing: number } | { readonly level: 'weak' | 'fair' | 'good' };

const CLASSES = [
  { pattern: /\p{Ll}/u, size: 26 },
  { pattern: /\p{Lu}/u, size: 26 },
  { pattern: /\p{N}/u, size: 10 },
  { pattern: /[^\p{L}\p{N}]/u, size: 20 },
  { pattern: /\p{Lo}/u, size: 500 },
];

/** Letters that repeat or count on (`aaaa`, `1234`, `qwer`) add almost nothing: they are counted as a quarter. */
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '0123456789', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const follows = (before: string, sign: string): boolean =>
  before === sign || ROWS.some((row) => row.includes(before + sign) || row.includes(sign + before));

const effectiveLength = (password: string): number => {
  const signs = [...password.toLowerCase()];
  return signs.reduce((sum, sign, index) => sum + (index > 0 && follows(signs[index - 1] ?? '', sign) ? 0.25 : 1), 0);
};

export const strengthOf = (password: string): Strength => {
  const signs = [...password];
  if (signs.length < LIMITS.passwordLength)
    return { level: 'too-short', missing: LIMITS.passwordLength - signs.length };
  const alphabet = CLASSES.reduce((sum, { pattern, size }) => sum + (pattern.test(password) ? size : 0), 0);
  const variety = new Set(signs).size;
  const bits = Math.min(effectiveLength(password), variety * 2) * Math.log2(Math.max(2, alphabet));
  if (bits < 50) return { level: 'weak' };
  return { level: bits < 75 ? 'fair' : 'good' };
};
