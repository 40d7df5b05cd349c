import { expect, it } from 'vitest';
import { err } from '../../domain/result.ts';
import { createMemoryFileLayer } from '../../storage/file-layer-memory.ts';
import { sharedEngine } from '../../storage/testing/storage-fixture.ts';
import type { Core } from '../core.ts';
import { createCore } from '../create-core.ts';
import type { CoreDeps } from '../deps.ts';
import { createOfflineDeps } from '../testing/offline-deps.ts';

const password = 'correct horse battery';
const newAccount = { name: 'Ada', password, handle: undefined, showNameWhenLocked: false };

const createAccount = async (core: Core) => {
  const made = await core.api.createAccount(newAccount);
  if (!made.ok) throw new Error(made.error.tag);
  return made.value;
};

it('after an engine that did not load, and after a wrong password, the next try opens', async () => {
  let isBroken = false;
  const core = createCore(
    createOfflineDeps({ loadSqlite: () => (isBroken ? Promise.reject(new Error('not loaded')) : sharedEngine()) }),
  );
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
  const deps = createOfflineDeps();
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
  const deps = createOfflineDeps();
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
  const deps = createOfflineDeps();
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
