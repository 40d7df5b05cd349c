import { describe, expect, it } from 'vitest';
import { hueOf, initialsOf } from './face.ts';

describe('a face', () => {
  it.each([
    ['Noor Haddad', 'NH'],
    ['Lucía de la Vega', 'LV'],
    ['李明', '李'],
    ['נועה ברק', 'נב'],
    ['@hut_keeper', 'HK'],
    ['🦊 Fox', '🦊'],
    ['  ', '?'],
    ['élan', 'É'],
    ['\u202eEve \u2066Ash', 'EA'],
  ])('shows %s as %s', (name, letters) => {
    expect(initialsOf(name)).toBe(letters);
  });

  it('keeps its colour, one of eight', () => {
    expect(hueOf('ff00')).toBe(7);
    expect(hueOf('')).toBe(0);
  });
});
