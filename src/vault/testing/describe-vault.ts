import { describe, expect, test } from 'vitest';
import { PBKDF2_MIN_ITERATIONS } from '../../crypto/pbkdf2.ts';
import { changePassword, changeVaultLabel } from '../change-vault.ts';
import { createVault } from '../create-vault.ts';
import { decodeHeader } from '../header-format.ts';
import { resumeVault, unlockVault } from '../unlock-vault.ts';
import { readVaultSummary } from '../vault-summary.ts';
import { createMemoryHeaderStore } from './memory-header-store.ts';
import { makeDeps, makeVault, PASSWORD, tagOf, valueOf } from './vault-kit.ts';

const NEW_PASSWORD = 'another password entirely';

/** A vault's life, in the engine that runs this. */
export const describeVault = (): void => {
  describe('a vault', () => {
    test('opens with its password and gives the same keys again', async () => {
      const { deps, vault } = await makeVault();
      const unlocked = valueOf(await unlockVault(deps, { password: PASSWORD }));
      expect(unlocked.keys).toEqual(vault.keys);
      expect(unlocked.vaultId).toBe(vault.vaultId);
      expect(unlocked.headerSequence).toBe(1);
      expect(unlocked.keyEpoch).toBe(1);
      expect(unlocked.headerCopies).toBe('intact');
    });

    test('has four keys that have nothing to do with each other', async () => {
      const { vault } = await makeVault();
      const keys = Object.values(vault.keys).map((key) => key.join());
      expect(new Set(keys).size).toBe(4);
    });

    test('stays shut for any other password', async () => {
      const { deps } = await makeVault();
      for (const password of ['', `${PASSWORD} `, PASSWORD.toUpperCase(), NEW_PASSWORD]) {
        expect(tagOf(await unlockVault(deps, { password }))).toBe('wrong-password');
      }
    });

    test('opens with the password as another keyboard writes it', async () => {
      const store = createMemoryHeaderStore();
      const deps = makeDeps(store);
      valueOf(await createVault(deps, { password: 'caf\u00e9 12345' }));
      expect(tagOf(await unlockVault(deps, { password: 'cafe\u0301 12345' }))).toBe('ok');
    });

    test('shows the allowed name before it is unlocked, and nothing of the password', async () => {
      const { store, vault } = await makeVault();
      const summary = valueOf(await readVaultSummary(store));
      expect(summary).toEqual({ vaultId: vault.vaultId, label: 'Ada', headerSequence: 1 });
    });

    test('shows no name when none was allowed', async () => {
      const store = createMemoryHeaderStore();
      valueOf(await createVault(makeDeps(store), { password: PASSWORD }));
      expect(valueOf(await readVaultSummary(store)).label).toBe(undefined);
    });

    test('refuses a name that is no name', async () => {
      const make = (label: string) => createVault(makeDeps(createMemoryHeaderStore()), { password: PASSWORD, label });
      expect(tagOf(await make('x'.repeat(65)))).toBe('name-too-long');
      expect(tagOf(await make('\u200b'))).toBe('name-empty');
      expect(tagOf(await make('👩‍👩‍👧‍👦'.repeat(20)))).toBe('ok');
    });

    test('is never written over another', async () => {
      const { store, deps } = await makeVault();
      const before = store.copies.map((copy) => copy?.join());
      expect(tagOf(await createVault(deps, { password: NEW_PASSWORD }))).toBe('vault-exists');
      expect(store.copies.map((copy) => copy?.join())).toEqual(before);
    });

    test('is never made with fewer iterations than the floor', async () => {
      const deps = { ...makeDeps(createMemoryHeaderStore()), kdfIterations: PBKDF2_MIN_ITERATIONS - 1 };
      await expect(createVault(deps, { password: PASSWORD })).rejects.toThrow(RangeError);
    });

    test('forgets its keys when purged', async () => {
      const { vault } = await makeVault();
      vault.purge();
      for (const key of Object.values(vault.keys)) expect(key.every((byte) => byte === 0)).toBe(true);
    });
  });

  describe('after a change of the password', () => {
    const change = async () => {
      const made = await makeVault();
      const before = made.store.copies.map((copy) => copy?.slice());
      const options = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
      const changed = valueOf(await changePassword(made.deps, options));
      return { ...made, before, changed };
    };

    test('only the new one opens the vault, and the keys are the same', async () => {
      const { deps, vault, changed } = await change();
      expect(changed).toEqual({ headerSequence: 2, headerCopies: 'intact' });
      expect(tagOf(await unlockVault(deps, { password: PASSWORD }))).toBe('wrong-password');
      const unlocked = valueOf(await unlockVault(deps, { password: NEW_PASSWORD, minimumSequence: 2 }));
      expect(unlocked.keys).toEqual(vault.keys);
      expect(unlocked.label).toBe('Ada');
    });

    test('the slot has a new key pair and salt, so that the old password opens no later header', async () => {
      const { before, store } = await change();
      const old = valueOf(await decodeHeader(before[0]!)).body.slots[0]!;
      const now = valueOf(await decodeHeader(store.copies[0]!)).body.slots[0]!;
      for (const field of ['id', 'salt', 'publicKey', 'sealedPart'] as const)
        expect(now[field]).not.toEqual(old[field]);
    });

    test('an old header put back is told as such', async () => {
      const { deps, before } = await change();
      const store = createMemoryHeaderStore([before[0], before[1]]);
      const options = { password: PASSWORD, minimumSequence: 2 };
      expect(tagOf(await unlockVault({ ...deps, headerStore: store }, options))).toBe('older-header');
    });

    test('it takes the current password to change it', async () => {
      const { store, deps } = await makeVault();
      const options = { currentPassword: 'a guess', newPassword: NEW_PASSWORD };
      expect(tagOf(await changePassword(deps, options))).toBe('wrong-password');
      expect(store.writes).toEqual([0, 1]);
    });
  });

  describe('the name on the unlock screen', () => {
    test('can be changed and taken away', async () => {
      const { store, deps, vault } = await makeVault();
      valueOf(await changeVaultLabel(deps, { password: PASSWORD, label: 'Ada at work' }));
      expect(valueOf(await readVaultSummary(store)).label).toBe('Ada at work');
      valueOf(await changeVaultLabel(deps, { password: PASSWORD, label: undefined }));
      expect(valueOf(await readVaultSummary(store))).toMatchObject({ label: undefined, headerSequence: 3 });
      expect(valueOf(await unlockVault(deps, { password: PASSWORD })).keys).toEqual(vault.keys);
    });
  });

  describe('a second worker', () => {
    test('resumes without the password, also after the password was changed', async () => {
      const { store, deps, vault } = await makeVault();
      const resumeKey = structuredClone(vault.resumeKey);
      expect(valueOf(await resumeVault({ headerStore: store }, { resumeKey })).keys).toEqual(vault.keys);
      valueOf(await changePassword(deps, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }));
      const resumed = await resumeVault({ headerStore: store }, { resumeKey, minimumSequence: 2 });
      expect(valueOf(resumed).keys).toEqual(vault.keys);
      expect(tagOf(await resumeVault({ headerStore: store }, { resumeKey, minimumSequence: 3 }))).toBe('older-header');
    });

    test('gets a key that cannot be read', async () => {
      const { vault } = await makeVault();
      expect(vault.resumeKey.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('raw', vault.resumeKey)).rejects.toThrow();
    });

    test('cannot resume another vault', async () => {
      const { vault } = await makeVault('one');
      const other = await makeVault('two');
      const resumed = await resumeVault({ headerStore: other.store }, { resumeKey: vault.resumeKey });
      expect(tagOf(resumed)).toBe('stale-resume-key');
    });
  });
};
