import { nextTick, shallowRef } from 'vue';
import { beforeEach, expect, it } from 'vitest';
import type { VaultId } from '../../domain/ids.ts';
import type { AccountSummary } from '../../rpc/dto.ts';
import { rememberUnlockWords, type UnlockWordsMemory } from './unlock-words.ts';

const one: AccountSummary = {
  vaultId: '2b9f4e81d03c6a57e2b9f4e81d03c6a5' as VaultId,
  label: undefined,
  state: 'locked',
};
const other: AccountSummary = { ...one, vaultId: '1a00000000000000000000000000c0de' as VaultId };

let stored: string | undefined;
/** What all windows together know. */
let remembered: readonly AccountSummary[];
let isFull: boolean;
const accounts = shallowRef<readonly AccountSummary[]>();
const isOpen = shallowRef(false);
const isListWhole = shallowRef(true);
beforeEach(async () => {
  [stored, isFull, remembered] = [undefined, false, []];
  accounts.value = undefined;
  isOpen.value = false;
  isListWhole.value = true;
  await nextTick();
});
const memory: UnlockWordsMemory = rememberUnlockWords(
  { accounts, isListWhole, isOpen: () => isOpen.value },
  {
    getItem: () => JSON.stringify(remembered.map(({ vaultId }) => ({ vaultId }))),
    setItem: (_, text) => {
      if (isFull) throw new DOMException('no room', 'QuotaExceededError');
      stored = text;
    },
    removeItem: () => (stored = undefined),
  },
);
const wordsFor = async (...known: readonly AccountSummary[]): Promise<unknown> => {
  [accounts.value, remembered] = [known, known];
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

it('while a window has it open there are none; the last one that goes leaves them', async () => {
  await wordsFor(one);
  isOpen.value = true;
  await nextTick();
  expect(stored).toBeUndefined();
  memory.leave();
  expect(stored).toContain('Account 2B9F');
  memory.look(); // it came back, or there is another window
  expect(stored).toBeUndefined();
  expect(await wordsFor({ ...one, state: 'open' })).toBeUndefined();
});

it('a window that goes before it knew anything changes nothing', async () => {
  stored = 'as it was';
  memory.leave();
  expect(stored).toBe('as it was');
});

it('another window removed the account, or made a second one: a window that goes does not write what it knew', async () => {
  await wordsFor({ ...one, label: 'Secret Sam' });
  for (const known of [[], [one, other]]) {
    remembered = known;
    memory.leave();
    expect(stored).toBeUndefined();
  }
});

it('a list that may miss an account is no list of one', async () => {
  isListWhole.value = false;
  expect(await wordsFor(one)).toBeUndefined();
});
