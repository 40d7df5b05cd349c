import { nextTick, shallowRef } from 'vue';
import { beforeEach, expect, it } from 'vitest';
import type { VaultId } from '../../domain/ids.ts';
import type { AccountSummary } from '../../rpc/dto.ts';
import { rememberUnlockWords } from './unlock-words.ts';

const one: AccountSummary = {
  vaultId: '2b9f4e81d03c6a57e2b9f4e81d03c6a5' as VaultId,
  label: undefined,
  state: 'locked',
};
const other: AccountSummary = { ...one, vaultId: '1a00000000000000000000000000c0de' as VaultId };

let stored: string | undefined;
let isFull: boolean;
const accounts = shallowRef<readonly AccountSummary[]>();
beforeEach(async () => {
  [stored, isFull] = [undefined, false];
  accounts.value = undefined;
  await nextTick();
});
rememberUnlockWords(accounts, {
  setItem: (_, text) => {
    if (isFull) throw new DOMException('no room', 'QuotaExceededError');
    stored = text;
  },
  removeItem: () => (stored = undefined),
});
const wordsFor = async (...known: readonly AccountSummary[]): Promise<unknown> => {
  accounts.value = known;
  await nextTick();
  return stored && JSON.parse(stored);
};

it('one account: what its screen will say, and the name only where its owner shows it', async () => {
  expect(await wordsFor({ ...one, label: 'Ines' })).toEqual({ vaultId: one.vaultId, title: 'Welcome back, Ines' });
  expect(await wordsFor(one)).toEqual({
    vaultId: one.vaultId,
    title: 'Welcome back',
    name: 'Account 2B9F',
    hue: expect.stringMatching(/^hue-\d$/) as string,
    mark: expect.stringMatching(/^M/) as string,
  });
  expect(await wordsFor({ ...one, state: 'open' })).toBeDefined();
});

it.each([
  ['several accounts', [one, other]],
  ['none', []],
  ['one that no password opens', [{ ...one, state: 'damaged' } as const]],
])('%s: nothing stays behind', async (_, known) => {
  await wordsFor({ ...one, label: 'Ines' });
  expect(await wordsFor(...known)).toBeUndefined();
});

it('there is no room: an old text does not stay', async () => {
  await wordsFor({ ...one, label: 'Ines' });
  isFull = true;
  expect(await wordsFor(one)).toBeUndefined();
});
