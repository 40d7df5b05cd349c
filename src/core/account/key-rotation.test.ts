import { expect, it } from 'vitest';
import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import { err, ok } from '../../domain/result.ts';
import type { FileLayer } from '../../storage/file-layer.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { FILE_NAMES, PAGE_BYTES } from '../../storage/vfs/layout.ts';
import { sharedEngine } from '../../storage/testing/storage-fixture.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import { unlockVault } from '../../vault/unlock-vault.ts';
import { createCore } from '../create-core.ts';
import type { VaultPlace, VaultStorage } from '../deps.ts';
import { createMemoryVaults } from '../testing/memory-vaults.ts';
import { createOfflineDeps, NOW_MS } from '../testing/offline-deps.ts';
import { createSlowDisk } from '../testing/slow-disk.ts';
import { toVaultHeaderStore } from './header-store.ts';

const password = 'correct horse battery';
const next = 'staple battery horse';
const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));

/** A device with one account. Nothing that waits for a timer happens before `run`. */
const createDevice = async () => {
  const vaults = createMemoryVaults();
  const tasks = new Set<() => void>();
  const fails = { header: [] as (0 | 1)[], journal: false, pages: false };
  /** Copies of the header that were written while the database was not durable yet. */
  const wasBehind: (0 | 1)[] = [];
  let stretches = 0;
  const wrapFound = async (found: Promise<VaultPlace | undefined>): Promise<VaultPlace | undefined> => {
    const place = await found;
    if (place === undefined) return undefined;
    const files: FileLayer = {
      ...place.files,
      async open(name, mode) {
        const opened = await place.files.open(name, mode);
        if (!opened.ok) return opened;
        const { value: file } = opened;
        return ok({
          ...file,
          read(into, at) {
            const read = file.read(into, at);
            // Many pages side by side, as they are read to be moved.
            if (fails.pages && into.length > 10 * PAGE_BYTES) into.fill(1, PAGE_BYTES, PAGE_BYTES + 100);
            return read;
          },
          write: (bytes, at) =>
            fails.journal && name === FILE_NAMES.journal ? err({ tag: 'full' }) : file.write(bytes, at),
        });
      },
    };
    const { headerStore } = place;
    return {
      ...place,
      kind: 'opfs', // so that another worker may open it
      files,
      headerStore: {
        read: (copy) => headerStore.read(copy),
        write: async (copy, bytes) => {
          if (disk.isBehind()) wasBehind.push(copy);
          return !fails.header.includes(copy) && headerStore.write(copy, bytes);
        },
      },
    };
  };
  const disk = createSlowDisk();
  const slow = disk.wrap(vaults.storage);
  const storage: VaultStorage = {
    ...vaults.storage,
    create: (vaultId) => wrapFound(slow.create(vaultId)),
    place: (vaultId) => wrapFound(slow.place(vaultId)),
  };
  const deps = createOfflineDeps({
    setTimer: (task) => {
      tasks.add(task);
      return () => tasks.delete(task);
    },
    vaults: storage,
    leaderLock: vaults.leaderLock,
    stretchPassword: (...input) => {
      stretches += 1;
      return quickStretch(...input);
    },
  });
  let core = createCore(deps);
  const made = await core.api.createAccount({
    name: 'Ada',
    password,
    handle: undefined,
    showNameWhenLocked: false,
  });
  if (!made.ok) throw new Error(made.error.tag);
  const { vaultId } = made.value;

  const vault = async (opens = password) => {
    const place = (await vaults.copy().storage.place(vaultId))!;
    const headerStore = toVaultHeaderStore(place.headerStore);
    const unlocked = await unlockVault({ random, headerStore, stretchPassword: quickStretch }, { password: opens });
    if (!unlocked.ok) throw new Error(unlocked.error.tag);
    return unlocked.value;
  };
  return {
    deps,
    vaults,
    vaultId,
    fails,
    wasBehind,
    vault,
    api: () => core.api,
    stretches: () => stretches,
    renew: () => core.api.renewKey({ password }),
    isMoved: async () => (await core.api.keyRenewal()).movedShare === undefined,
    /** Whatever waits for a timer, and what that does at once. */
    async run(rounds = 1) {
      for (let round = 0; round < rounds; round += 1) {
        for (const task of [...tasks]) {
          tasks.delete(task);
          task();
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    /** The next worker, which has no password. */
    async handOver() {
      const resumeKey = core.resumeKey()!;
      vaults.crash();
      tasks.clear();
      core = createCore(deps);
      return core.resume({ vaultId, resumeKey, releaseLock: () => undefined });
    },
    async reopen(opens = password) {
      vaults.crash();
      tasks.clear();
      core = createCore(deps);
      return core.api.unlock({ vaultId, password: opens });
    },
  };
};

/** More than anything here needs. */
const ROUNDS = 6;

it('takes the password, and what is renewed is told', async () => {
  const { api, renew, run, vault, isMoved } = await createDevice();
  expect(await api().keyRenewal()).toEqual({ movedShare: undefined, problem: undefined, orderedAtMs: undefined });
  expect(await api().renewKey({ password: next })).toEqual(err({ tag: 'wrong-password' }));
  expect((await vault()).keyEpoch).toBe(1);
  const state = { movedShare: 0, problem: undefined, orderedAtMs: NOW_MS };
  expect(await renew()).toEqual(ok(state));
  expect(await api().keyRenewal()).toEqual(state);
  expect((await vault()).keyEpoch).toBe(2);
  expect((await vault()).keys.previousPage).toBeDefined();
  await run(ROUNDS);
  expect(await isMoved()).toBe(true);
  expect((await vault()).keys.previousPage).toBeUndefined();
  expect(await api().keyRenewal()).toEqual({ ...state, movedShare: undefined });
});

it('asked again while it goes on, is the same renewal', async () => {
  const { renew, run, vault, stretches } = await createDevice();
  const [one, other] = await Promise.all([renew(), renew()]);
  expect([one.ok, other.ok]).toEqual([true, true]);
  const before = stretches();
  expect(await renew()).toMatchObject({ ok: true });
  expect(stretches()).toBe(before);
  await run(ROUNDS);
  expect((await vault()).keyEpoch).toBe(2);
  expect(await renew()).toMatchObject({ ok: true });
  expect((await vault()).keyEpoch).toBe(3);
});

it('goes on in another worker without the password; the next unlocking forgets the key before', async () => {
  const { renew, run, vault, handOver, reopen, isMoved } = await createDevice();
  await renew();
  await run();
  expect(await handOver()).toEqual(ok(undefined));
  expect(await isMoved()).toBe(false);
  await run(ROUNDS);
  expect(await isMoved()).toBe(true);
  expect((await vault()).keys.previousPage).toBeDefined();
  expect(await handOver()).toEqual(ok(undefined));
  await run(ROUNDS);
  expect((await vault()).keys.previousPage).toBeDefined();
  expect(await reopen()).toMatchObject({ ok: true });
  await run(ROUNDS);
  expect((await vault()).keys.previousPage).toBeUndefined();
  expect(await reopen()).toMatchObject({ ok: true });
});

it('a worker that was given the key before it was renewed cannot open the account', async () => {
  const device = await createDevice();
  await device.renew();
  const { vault } = device;
  const stale = (await vault()).resumeKey;
  await device.run(ROUNDS);
  await device.renew();
  device.vaults.crash();
  const resumed = await createCore(device.deps).resume({
    vaultId: device.vaultId,
    resumeKey: stale,
    releaseLock: () => undefined,
  });
  expect(resumed).toEqual(err({ tag: 'wrong-password' }));
  expect(await device.reopen()).toMatchObject({ ok: true });
});

it.each(['before', 'in the middle', 'at once'] as const)('a password changed %s keeps all keys', async (when) => {
  const { api, renew, run, vault, reopen, isMoved } = await createDevice();
  const change = () => api().changePassword({ current: password, next });
  if (when === 'before') {
    expect(await change()).toEqual(ok(undefined));
    expect(await renew()).toEqual(err({ tag: 'wrong-password' }));
    expect(await api().renewKey({ password: next })).toMatchObject({ ok: true });
  } else if (when === 'in the middle') {
    await renew();
    await run();
    expect(await change()).toEqual(ok(undefined));
  } else {
    const [changed, renewed] = await Promise.all([change(), renew()]);
    expect([changed, renewed]).toEqual([ok(undefined), err({ tag: 'wrong-password' })]);
    const [renewedFirst, changedThen] = await Promise.all([
      api().renewKey({ password: next }),
      api().changePassword({ current: next, next: `${next}!` }),
    ]);
    expect(renewedFirst).toMatchObject({ ok: true });
    expect(changedThen).toEqual(ok(undefined));
  }
  const opens = when === 'at once' ? `${next}!` : next;
  expect((await vault(opens)).keys.previousPage).toBeDefined();
  expect(await reopen(password)).toEqual(err({ tag: 'wrong-password' }));
  expect(await reopen(opens)).toMatchObject({ ok: true });
  await run(ROUNDS);
  expect(await isMoved()).toBe(true);
  expect(await vault(opens)).toMatchObject({ keyEpoch: 2 });
  expect((await vault(opens)).keys.previousPage).toBeUndefined();
  expect(await reopen(opens)).toMatchObject({ ok: true, value: { name: 'Ada' } });
});

it('a password changed in the middle does not keep the key before any longer', async () => {
  const { api, renew, run, vault } = await createDevice();
  await renew();
  expect(await api().changePassword({ current: password, next })).toEqual(ok(undefined));
  await run(ROUNDS);
  expect((await vault(next)).keys.previousPage).toBeUndefined();
});

it('ordered again while the one before is about to end, keeps the key that the pages still need', async () => {
  const { api, renew, run, vault, reopen, isMoved } = await createDevice();
  await renew();
  while (!(await isMoved())) await run();
  expect((await vault()).keys.previousPage).toBeDefined();
  const again = renew();
  await run();
  expect(await again).toMatchObject({ ok: true });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await vault()).keyEpoch).toBe(3);
  expect(await api().keyRenewal()).toMatchObject({ movedShare: 0 });
  expect((await vault()).keys.previousPage).toBeDefined();
  expect(await reopen()).toMatchObject({ ok: true });
  await run(ROUNDS);
  expect(await isMoved()).toBe(true);
  expect((await vault()).keys.previousPage).toBeUndefined();
});

it('with no room for the header, nothing has changed', async () => {
  const { fails, renew, vault, isMoved, reopen } = await createDevice();
  fails.header = [0, 1];
  expect(await renew()).toEqual(err({ tag: 'storage-full' }));
  expect(await isMoved()).toBe(true);
  expect((await vault()).keyEpoch).toBe(1);
  expect(await reopen()).toMatchObject({ ok: true });
});

it('no page is sealed under the new key while one copy of the header is an older one', async () => {
  const { fails, renew, run, vaults, vaultId, api, reopen, isMoved } = await createDevice();
  fails.header = [0]; // the second one to be written
  expect(await renew()).toMatchObject({ ok: true });
  await run(ROUNDS);
  expect(await api().keyRenewal()).toMatchObject({ movedShare: 0, problem: 'storage-full' });
  // Whoever has that copy only still has the key of every page.
  const place = (await vaults.copy().storage.place(vaultId))!;
  const older = { read: async () => place.headerStore.read(0), write: async () => undefined };
  const then = await unlockVault({ random, headerStore: older, stretchPassword: quickStretch }, { password });
  if (!then.ok) throw new Error(then.error.tag);
  expect(then.value.keyEpoch).toBe(1);
  const { keyEpoch, keys } = then.value;
  const db = await openDatabase(
    { layer: place.files, random, createCipher: createPageCipherFactory({ random }), engine: await sharedEngine() },
    { vaultId, keyEpoch, pageKey: keys.page },
  );
  expect(db).toMatchObject({ ok: true });

  fails.header = [];
  expect(await reopen()).toMatchObject({ ok: true });
  await run(ROUNDS);
  expect(await isMoved()).toBe(true);
});

it('with no room for the pages, it says so and goes on once there is some', async () => {
  const { fails, renew, run, api, isMoved, vault } = await createDevice();
  fails.journal = true;
  await renew();
  await run(ROUNDS);
  expect(await api().keyRenewal()).toMatchObject({ movedShare: 0, problem: 'storage-full' });
  expect(await api().setName({ name: 'Ada Lovelace' })).toMatchObject({ ok: true });
  expect((await vault()).keys.previousPage).toBeDefined();
  fails.journal = false;
  await run(ROUNDS);
  expect(await isMoved()).toBe(true);
  expect((await vault()).keys.previousPage).toBeUndefined();
});

it('a damaged page ends it with a word, and both keys stay', async () => {
  const { fails, renew, run, api, vault } = await createDevice();
  await renew();
  fails.pages = true;
  await run(ROUNDS);
  fails.pages = false;
  await run(ROUNDS);
  expect(await api().keyRenewal()).toMatchObject({ movedShare: 0, problem: 'storage-damaged' });
  expect((await vault()).keys.previousPage).toBeDefined();
  expect(await api().setName({ name: 'Ada Lovelace' })).toMatchObject({ ok: true });
});

it('a header that forgets a key is written only when nothing is on its way to the disk', async () => {
  const { renew, run, vault, wasBehind, api } = await createDevice();
  for (const keyEpoch of [2, 3]) {
    const named = api().setName({ name: `Ada ${keyEpoch}` }); // nobody waits for it
    wasBehind.length = 0;
    await renew();
    await run(ROUNDS);
    expect((await vault()).keyEpoch).toBe(keyEpoch);
    expect((await vault()).keys.previousPage).toBeUndefined();
    expect(wasBehind).toEqual([]);
    expect(await named).toMatchObject({ ok: true });
  }
});

it('closing waits until the header that is being written stands', async () => {
  const device = await createDevice();
  const core = createCore(device.deps);
  device.vaults.crash();
  await core.api.unlock({ vaultId: device.vaultId, password });
  const renewing = core.api.renewKey({ password });
  await core.close();
  expect((await device.vault()).keyEpoch).toBe(2);
  expect(await renewing).toMatchObject({ ok: true });
  expect(await device.reopen()).toMatchObject({ ok: true });
  await device.run(ROUNDS);
  expect(await device.isMoved()).toBe(true);
});
