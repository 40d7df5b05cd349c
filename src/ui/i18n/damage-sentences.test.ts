import { describe, expect, it } from 'vitest';
import { en } from './en.ts';

const DAMAGE = [
  'error.header-damaged',
  'error.header-missing',
  'error.header-forged',
  'error.older-header',
  'error.database-damaged',
  'error.database-missing',
  'account.damaged',
  'account.header-missing',
  'account.data-missing',
  'account.evicted',
] as const;

describe('a sentence about damage', () => {
  it.each(DAMAGE)('%s says what a copy of the profile gives back, and what it does not', (key) => {
    expect(en[key]).toMatch(/copy of (?:this|the) whole browser profile/);
    expect(en[key]).toMatch(/read/);
    expect(en[key]).toMatch(/messages from in between may be missing/);
  });

  it('and those that are met afterwards say what was kept, what may be missing, and how to go on', () => {
    expect(en['older-copy.kept']).toMatch(/is kept/);
    expect(en['older-copy.missing']).toMatch(/in between may be missing/);
    expect(en['problem.store-is-old']).toMatch(/can read.*no longer send or receive.*create a new account/);
  });

  it.each(DAMAGE)('%s does not promise that everything works again', (key) => {
    expect(en[key]).not.toMatch(/bring it back\./);
  });
});
