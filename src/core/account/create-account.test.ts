import { expect, it } from 'vitest';
import { sharedEngine } from '../../storage/testing/storage-fixture.ts';
import { createCore } from '../create-core.ts';
import type { CoreDeps } from '../deps.ts';
import { createOfflineDeps } from '../testing/offline-deps.ts';

const NEW = { name: 'Ada', password: 'correct horse battery', handle: undefined, showNameWhenLocked: false };

const failing = (change: (deps: CoreDeps) => Partial<CoreDeps>) => {
  const deps = createOfflineDeps();
  const held = new Set<string>();
  const acquire: CoreDeps['leaderLock']['acquire'] = async (vaultId) => {
    held.add(vaultId);
    const release = await deps.leaderLock.acquire(vaultId);
    return () => {
      held.delete(vaultId);
      release?.();
    };
  };
  const own = { ...deps, leaderLock: { ...deps.leaderLock, acquire } };
  return { core: createCore({ ...own, ...change(own) }), held };
};

it.each<[string, (isBroken: () => boolean) => (deps: CoreDeps) => Partial<CoreDeps>]>([
  [
    'the engine does not load',
    (isBroken) => () => ({
      loadSqlite: () => (isBroken() ? Promise.reject(new Error('broken')) : sharedEngine()),
    }),
  ],
  [
    'there is no clock',
    (isBroken) => (deps) => ({
      clock: () => {
        if (isBroken()) throw new Error('broken');
        return deps.clock();
      },
    }),
  ],
  [
    'there are no timers',
    (isBroken) => (deps) => ({
      setTimer: (task, delayMs) => {
        if (isBroken()) throw new Error('broken');
        return deps.setTimer(task, delayMs);
      },
    }),
  ],
  [
    'there is no clock, and it cannot be removed either',
    (isBroken) => (deps) => ({
      clock: () => {
        if (isBroken()) throw new Error('broken');
        return deps.clock();
      },
      vaults: {
        ...deps.vaults,
        async remove(vaultId) {
          await deps.vaults.remove(vaultId);
          throw new Error('not removed');
        },
      },
    }),
  ],
])('of an account that cannot be made, because %s, nothing is left, and the next one is made', async (_, change) => {
  let isBroken = true;
  const { core, held } = failing(change(() => isBroken));
  await expect(core.api.createAccount(NEW)).rejects.toThrow('broken');
  expect(held).toEqual(new Set());
  expect(await core.api.accounts()).toEqual([]);
  isBroken = false;
  expect(await core.api.createAccount(NEW)).toMatchObject({ ok: true });
  expect(await core.api.accounts()).toHaveLength(1);
  await core.close();
});
