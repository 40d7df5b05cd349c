import { expect, it } from 'vitest';
import { createNoblePageCipher } from '../../crypto/page-cipher-noble.ts';
import { PBKDF2_MIN_ITERATIONS } from '../../crypto/pbkdf2.ts';
import { err } from '../../domain/result.ts';
import { loadSqliteEngine } from '../../storage/sqlite/engine.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import { createCore } from '../create-core.ts';
import type { CoreDeps } from '../deps.ts';
import { createMemoryVaults } from '../testing/memory-vaults.ts';

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
    leaderLock: vaults.leaderLock,
    loadSqlite,
    createPageCipher: (key) => createNoblePageCipher({ random }, { key }),
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

it('after an engine that did not load, and after a wrong password, the next try opens', async () => {
  let isBroken = false;
  const core = createCore(createDeps(() => (isBroken ? Promise.reject(new Error('not loaded')) : loadSqliteEngine())));
  const made = await core.api.createAccount(newAccount);
  if (!made.ok) throw new Error(made.error.tag);
  const { vaultId } = made.value;
  await core.close();

  isBroken = true;
  await expect(core.api.unlock({ vaultId, password })).rejects.toThrow('not loaded');
  isBroken = false;
  expect(await core.api.unlock({ vaultId, password: 'wrong' })).toEqual(err({ tag: 'wrong-password' }));
  expect(await core.api.unlock({ vaultId, password })).toMatchObject({ ok: true, value: { name: 'Ada' } });
  await core.close();
});

it('closed at once after it was opened, before its keys are loaded, it opens again', async () => {
  const core = createCore(createDeps(loadSqliteEngine));
  const made = await core.api.createAccount(newAccount);
  if (!made.ok) throw new Error(made.error.tag);
  for (let round = 0; round < 3; round += 1) {
    await core.close();
    expect((await core.api.unlock({ vaultId: made.value.vaultId, password })).ok).toBe(true);
  }
  await core.close();
  expect((await core.api.removeAccount({ vaultId: made.value.vaultId })).ok).toBe(true);
});
