import { expect, it } from 'vitest';
import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import { PBKDF2_MIN_ITERATIONS } from '../../crypto/pbkdf2.ts';
import { err } from '../../domain/result.ts';
import { createMemoryFileLayer } from '../../storage/file-layer-memory.ts';
import { loadSqliteEngine } from '../../storage/sqlite/engine.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import type { Core } from '../core.ts';
import { createCore } from '../create-core.ts';
import type { CoreDeps } from '../deps.ts';
import { createMemoryVaults, silentStorageRoom } from '../testing/memory-vaults.ts';

const password = 'correct horse battery';
const newAccount = { name: 'Ada', password, handle: undefined, showNameWhenLocked: false };

const createDeps = (loadSqlite: CoreDeps['loadSqlite']): CoreDeps => {
  const vaults = createMemoryVaults();
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return {
    clock: () => 1_800_000_000_000,
    random,
    setTimer: () => () => undefined,
    vaults: vaults.storage,
    storageRoom: silentStorageRoom,
    leaderLock: vaults.leaderLock,
    loadSqlite,
    createPageCipher: createPageCipherFactory({ random }),
    kdfIterations: PBKDF2_MIN_ITERATIONS,
    stretchPassword: quickStretch,
    relay: {
      call: async () => err({ tag: 'offline' }),
      openSocket: () => {
        throw new Error('no network');
      },
    },
    connectivity: { isOnline: () => false, subscribe: () => () => undefined },
    emit: () => undefined,
  };
};

const createAccount = async (core: Core) => {
  const made = await core.api.createAccount(newAccount);
  if (!made.ok) throw new Error(made.error.tag);
  return made.value;
};

it('after an engine that did not load, and after a wrong password, the next try opens', async () => {
  let isBroken = false;
  const core = createCore(createDeps(() => (isBroken ? Promise.reject(new Error('not loaded')) : loadSqliteEngine())));
  const { vaultId } = await createAccount(core);
  await core.close();

  isBroken = true;
  await expect(core.api.unlock({ vaultId, password })).rejects.toThrow('not loaded');
  isBroken = false;
  expect(await core.api.unlock({ vaultId, password: 'wrong' })).toEqual(err({ tag: 'wrong-password' }));
  expect(await core.api.unlock({ vaultId, password })).toMatchObject({ ok: true, value: { name: 'Ada' } });
  await core.close();
});

it('an account that another window removed a moment ago is unknown, not damaged', async () => {
  const deps = createDeps(loadSqliteEngine);
  const core = createCore({
    ...deps,
    vaults: {
      ...deps.vaults,
      // A folder that was found before it was removed: nothing is in it any more.
      place: async () => ({
        kind: 'memory',
        files: createMemoryFileLayer(),
        headerStore: { read: async () => undefined, write: async () => true },
      }),
    },
  });
  const { vaultId } = await createAccount(core);
  await core.close();
  await core.api.removeAccount({ vaultId });
  expect(await core.api.unlock({ vaultId, password })).toEqual(err({ tag: 'account-unknown' }));
});

it('two accounts that are unlocked at the same moment: the second stays, and nothing of the first', async () => {
  const deps = createDeps(loadSqliteEngine);
  const core = createCore(deps);
  const one = await createAccount(core);
  const two = await createAccount(core);
  await core.close();
  const both = await Promise.all([one, two].map(({ vaultId }) => core.api.unlock({ vaultId, password })));
  expect(both.map(({ ok }) => ok)).toEqual([true, true]);
  expect(await deps.leaderLock.isHeld(one.vaultId)).toBe(false);
  await core.close();
  expect(await deps.leaderLock.isHeld(two.vaultId)).toBe(false);
});

it('an account whose removal failed can be opened and removed afterwards', async () => {
  const deps = createDeps(loadSqliteEngine);
  let isFailing = true;
  const remove: CoreDeps['vaults']['remove'] = (vaultId) =>
    isFailing ? Promise.reject(new Error('the disk failed')) : deps.vaults.remove(vaultId);
  const core = createCore({ ...deps, vaults: { ...deps.vaults, remove } });
  const { vaultId } = await createAccount(core);
  await expect(core.api.removeAccount({ vaultId })).rejects.toThrow('the disk failed');
  isFailing = false;
  expect((await core.api.unlock({ vaultId, password })).ok).toBe(true);
  expect((await core.api.removeAccount({ vaultId })).ok).toBe(true);
});
