import { describe, expect, test } from 'vitest';
import { changePassword } from './change-vault.ts';
import { createVault } from './create-vault.ts';
import { readHeader } from './header-copies.ts';
import { createMemoryHeaderStore, PowerLoss, type Cut, type Tail } from './testing/memory-header-store.ts';
import { copyOf, flipBit, makeDeps, makeVault, PASSWORD, tagOf, valueOf } from './testing/vault-kit.ts';
import { unlockVault } from './unlock-vault.ts';

const NEW_PASSWORD = 'another password entirely';
const TAILS: readonly Tail[] = ['nothing', 'old bytes', 'zeros'];

/** Cut points over both writes, each with one of the tails in turn. */
const cutsOf = (headerBytes: number, step: number): readonly Cut[] => {
  const cuts: Cut[] = [];
  for (const write of [0, 1]) {
    for (let bytes = 0; bytes < headerBytes; bytes += step) {
      cuts.push({ write, bytes, tail: TAILS[cuts.length % TAILS.length] ?? 'nothing' });
    }
    for (const tail of TAILS) cuts.push({ write, bytes: headerBytes, tail });
  }
  return cuts;
};

describe('power is lost while the password is changed', () => {
  /** Two good headers as the change writes them, so that the sweep can replay the writes without the mathematics. */
  const recordChange = async () => {
    const { store, deps, vault } = await makeVault();
    const before = copyOf(store).slice();
    store.writes.length = 0;
    valueOf(await changePassword(deps, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }));
    return { before, after: copyOf(store).slice(), order: [...store.writes], vault, deps };
  };

  const replay = async (before: Uint8Array, after: Uint8Array, order: readonly (0 | 1)[], cut: Cut) => {
    const torn = createMemoryHeaderStore([before, before], cut);
    for (const copy of order) await torn.write(copy, after).catch(() => undefined);
    return createMemoryHeaderStore(torn.copies);
  };

  test('at any byte: the old or the new header counts, never neither', async () => {
    const { before, after, order } = await recordChange();
    expect(order).toHaveLength(2);
    const sequences = { 0: new Set<number>(), 1: new Set<number>() };
    for (const cut of cutsOf(after.length, 1)) {
      const rebooted = await replay(before, after, order, cut);
      const read = valueOf(await readHeader(rebooted));
      sequences[cut.write as 0 | 1].add(read.header.body.sequence);
    }
    // Torn in the first write, either may count; torn in the second, the new one was already durable.
    expect(sequences).toEqual({ 0: new Set([1, 2]), 1: new Set([2]) });
  });

  test('and afterwards exactly one password opens, repairs, and can be changed again', async () => {
    const { before, after, order, vault, deps } = await recordChange();
    for (const cut of cutsOf(after.length, 131)) {
      const headerStore = await replay(before, after, order, cut);
      const withOld = await unlockVault({ ...deps, headerStore }, { password: PASSWORD });
      const withNew = await unlockVault({ ...deps, headerStore }, { password: NEW_PASSWORD });
      expect([tagOf(withOld), tagOf(withNew)].toSorted()).toEqual(['ok', 'wrong-password']);
      expect(valueOf(withOld.ok ? withOld : withNew).keys).toEqual(vault.keys);
      expect(copyOf(headerStore, 0)).toEqual(copyOf(headerStore, 1));
      const currentPassword = withOld.ok ? PASSWORD : NEW_PASSWORD;
      const again = { currentPassword, newPassword: 'a third password' };
      expect(tagOf(await changePassword({ ...deps, headerStore }, again))).toBe('ok');
      expect(tagOf(await unlockVault({ ...deps, headerStore }, { password: 'a third password' }))).toBe('ok');
    }
  });

  test('with one copy damaged beforehand: the good one is not touched until the new one is durable', async () => {
    const { before, after, deps } = await recordChange();
    for (const bad of [0, 1] as const) {
      const copies = [before, before] as [Uint8Array, Uint8Array];
      copies[bad] = flipBit(before, 999);
      for (const cut of cutsOf(after.length, 301)) {
        const torn = createMemoryHeaderStore(copies, cut);
        const options = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
        await changePassword({ ...deps, headerStore: torn }, options).catch((error: unknown) => {
          expect(error).toBeInstanceOf(PowerLoss);
        });
        const headerStore = createMemoryHeaderStore(torn.copies);
        const tags = [];
        for (const password of [PASSWORD, NEW_PASSWORD]) {
          tags.push(tagOf(await unlockVault({ ...deps, headerStore }, { password })));
        }
        expect(tags.toSorted()).toEqual(['ok', 'wrong-password']);
      }
    }
  });

  test('a change that could not be stored at all is reported, and the old password still opens', async () => {
    const { before, deps } = await recordChange();
    const headerStore = createMemoryHeaderStore([before, before], { write: 0, bytes: 0, tail: 'nothing' });
    const options = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    await expect(changePassword({ ...deps, headerStore }, options)).rejects.toThrow(PowerLoss);
    const rebooted = createMemoryHeaderStore(headerStore.copies);
    expect(tagOf(await unlockVault({ ...deps, headerStore: rebooted }, { password: PASSWORD }))).toBe('ok');
  });
});

describe('power is lost while a vault is made', () => {
  test('at any byte: it opens with its password, or says that nothing is there', async () => {
    const whole = createMemoryHeaderStore();
    valueOf(await createVault(makeDeps(whole), { password: PASSWORD }));
    const file = copyOf(whole);
    const outcomes = { 0: new Set<string>(), 1: new Set<string>() };
    for (const cut of cutsOf(file.length, 1)) {
      const torn = createMemoryHeaderStore([undefined, undefined], cut);
      for (const copy of whole.writes) await torn.write(copy, file).catch(() => undefined);
      const read = await readHeader(createMemoryHeaderStore(torn.copies));
      outcomes[cut.write as 0 | 1].add(tagOf(read));
    }
    expect(outcomes).toEqual({ 0: new Set(['header-damaged', 'ok']), 1: new Set(['ok']) });
  });

  test('while a repair is written: the good copy stays', async () => {
    const { store, deps } = await makeVault();
    const good = copyOf(store);
    for (const cut of cutsOf(good.length, 211)) {
      const torn = createMemoryHeaderStore([flipBit(good, 5), good], { ...cut, write: 0 });
      await unlockVault({ ...deps, headerStore: torn }, { password: PASSWORD });
      const rebooted = createMemoryHeaderStore(torn.copies);
      expect(tagOf(await unlockVault({ ...deps, headerStore: rebooted }, { password: PASSWORD }))).toBe('ok');
    }
  });
});
