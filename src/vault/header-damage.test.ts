import { describe, expect, test } from 'vitest';
import { changePassword } from './change-vault.ts';
import { readHeader } from './header-copies.ts';
import { decodeHeader } from './header-format.ts';
import { createMemoryHeaderStore } from './testing/memory-header-store.ts';
import { copyOf, flipBit, makeVault, PASSWORD, tagOf, valueOf } from './testing/vault-kit.ts';
import { unlockVault } from './unlock-vault.ts';

describe('a damaged header', () => {
  test('is told from a wrong password at every single bit', async () => {
    const file = copyOf((await makeVault()).store);
    const seen = new Set<string>();
    for (let bit = 0; bit < file.length * 8; bit += 1) seen.add(tagOf(await decodeHeader(flipBit(file, bit))));
    expect([...seen]).toEqual(['header-damaged']);
  });

  test('is told at every length, and with anything behind it', async () => {
    const file = copyOf((await makeVault()).store);
    const seen = new Set<string>();
    for (let length = 0; length < file.length; length += 1)
      seen.add(tagOf(await decodeHeader(file.subarray(0, length))));
    for (const extra of [1, 32, 1000, 100_000]) {
      const longer = new Uint8Array(file.length + extra);
      longer.set(file);
      seen.add(tagOf(await decodeHeader(longer)));
    }
    expect([...seen]).toEqual(['header-damaged']);
  });

  test.each([0, 1] as const)('copy %i is repaired from the other one', async (copy) => {
    const { store, deps, vault } = await makeVault();
    const good = copyOf(store);
    for (let bit = copy; bit < good.length * 8; bit += 397) {
      store.copies[copy] = flipBit(good, bit);
      const unlocked = valueOf(await unlockVault(deps, { password: PASSWORD }));
      expect(unlocked.keys).toEqual(vault.keys);
      expect(unlocked.headerCopies).toBe('repaired');
      expect(store.copies).toEqual([good, good]);
    }
  });

  test('a missing copy is written anew', async () => {
    const { store, deps } = await makeVault();
    store.copies[0] = undefined;
    expect(valueOf(await unlockVault(deps, { password: PASSWORD })).headerCopies).toBe('repaired');
    expect(copyOf(store, 0)).toEqual(copyOf(store, 1));
  });

  test('nothing is repaired for somebody without the password', async () => {
    const { store, deps } = await makeVault();
    store.copies[0] = flipBit(copyOf(store), 100);
    const damaged = copyOf(store).slice();
    expect(tagOf(await unlockVault(deps, { password: 'a guess' }))).toBe('wrong-password');
    expect(copyOf(store)).toEqual(damaged);
  });

  test('both copies damaged is damage, no copy at all is a missing header', async () => {
    const { store, deps } = await makeVault();
    store.copies[0] = flipBit(copyOf(store, 0), 7);
    store.copies[1] = copyOf(store, 1).subarray(0, 500);
    expect(tagOf(await unlockVault(deps, { password: PASSWORD }))).toBe('header-damaged');
    const empty = { ...deps, headerStore: createMemoryHeaderStore() };
    expect(tagOf(await unlockVault(empty, { password: PASSWORD }))).toBe('header-missing');
  });

  test('a full disk does not keep people out: the vault opens with one copy left', async () => {
    const { store, deps, vault } = await makeVault();
    const fullDisk = createMemoryHeaderStore([flipBit(copyOf(store), 7), copyOf(store, 1)]);
    fullDisk.write = () => Promise.reject(new Error('quota'));
    const unlocked = valueOf(await unlockVault({ ...deps, headerStore: fullDisk }, { password: PASSWORD }));
    expect(unlocked.keys).toEqual(vault.keys);
    expect(unlocked.headerCopies).toBe('one-left');
  });

  test('a change writes over the bad copy first, so that the good one is never alone in danger', async () => {
    for (const bad of [0, 1] as const) {
      const { store, deps } = await makeVault();
      store.copies[bad] = flipBit(copyOf(store, bad), 7);
      store.writes.length = 0;
      valueOf(await changePassword(deps, { currentPassword: PASSWORD, newPassword: 'another password' }));
      expect(store.writes).toEqual([bad, 1 - bad]);
      expect(valueOf(await readHeader(store)).isOtherCopyGood).toBe(true);
    }
  });
});
