import { randomFillSync } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { createTestRelay } from '../../../relay/testing/in-process-relay.ts';
import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import type { VaultId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import { keepSpareFile } from '../../platform/spare-file.ts';
import { keepSpareRoom, type SparingLayer } from '../../platform/spare-room.ts';
import type { Database } from '../../storage/database.ts';
import type { FileLayer } from '../../storage/file-layer.ts';
import { SCHEMA_FORMAT } from '../../storage/migrations/migrate.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { createLimitedDisk } from '../../storage/testing/limited-disk.ts';
import { sharedEngine } from '../../storage/testing/storage-fixture.ts';
import { toSchema1 } from '../../storage/testing/to-schema-1.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import { unlockVault } from '../../vault/unlock-vault.ts';
import { createCore } from '../create-core.ts';
import type { VaultPlace, VaultStorage } from '../deps.ts';
import { createRelayInProcess } from '../testing/relay-in-process.ts';
import { meet } from '../testing/meet.ts';
import { createOfflineDeps } from '../testing/offline-deps.ts';
import { createTestClient, PASSWORD, type TestClient } from '../testing/test-client.ts';
import { toVaultHeaderStore } from './header-store.ts';

const NEXT = 'staple battery horse';

type FoundPlace = Promise<VaultPlace | undefined>;

const keepingRoom = async (found: FoundPlace, keep: (files: FileLayer) => SparingLayer): FoundPlace => {
  const place = await found;
  if (place === undefined) return undefined;
  const { layer, spare } = keep(place.files);
  return { ...place, files: layer, spare };
};

/** Has room as long as nobody fills it, and says how much. */
const createDisk = () => {
  const { holding, freeBytes, setFree } = createLimitedDisk({ cutsAreFree: 'at-once' });
  const keep = (files: FileLayer) => keepSpareRoom(holding(files), { freeBytes: async () => freeBytes() });
  return {
    wrap: (storage: VaultStorage): VaultStorage => ({
      ...storage,
      create: (vaultId) => keepingRoom(storage.create(vaultId), keep),
      place: (vaultId) => keepingRoom(storage.place(vaultId), keep),
    }),
    /** From now on less is left than what is kept to spare. */
    fill: () => setFree(2 ** 20),
    useUp: () => setFree(0),
    empty: () => setFree(Infinity),
  };
};

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

const setUp = async () => {
  const disk = createDisk();
  const relay = createRelayInProcess(createTestRelay());
  const ana = await createTestClient({ relay, name: 'Ana', wrapStorage: (storage) => disk.wrap(storage) });
  closing.push(ana);
  await ana.accountId();
  const vaultId = ana.vaultId();
  await ana.close();
  const unlock = (password: string) => ana.api.unlock({ vaultId, password });
  return { ana, disk, vaultId, unlock };
};

const placeOf = async (ana: TestClient, vaultId: VaultId): Promise<VaultPlace> => {
  const place = await ana.vaults.storage.place(vaultId);
  if (place === undefined) throw new Error('no vault');
  return place;
};

type Headers = readonly (Uint8Array | undefined)[];

const headersOf = async (ana: TestClient, vaultId: VaultId): Promise<Headers> => {
  const { headerStore } = await placeOf(ana, vaultId);
  return Promise.all([headerStore.read(0), headerStore.read(1)]);
};

const putBack = async (ana: TestClient, vaultId: VaultId, headers: Headers): Promise<void> => {
  const { headerStore } = await placeOf(ana, vaultId);
  for (const copy of [0, 1] as const) await headerStore.write(copy, headers[copy]!);
};

/** Her database, beside her client and on a disk with room. */
const withDatabase = async <T>(ana: TestClient, vaultId: VaultId, work: (db: Database) => T): Promise<T> => {
  const place = await placeOf(ana, vaultId);
  const random = (length: number) => randomFillSync(new Uint8Array(length));
  const headerStore = toVaultHeaderStore(place.headerStore);
  const vault = await unlockVault({ random, headerStore, stretchPassword: quickStretch }, { password: PASSWORD });
  if (!vault.ok) throw new Error(vault.error.tag);
  const { keys, keyEpoch } = vault.value;
  const db = await openDatabase(
    { layer: place.files, random, createCipher: createPageCipherFactory({ random }), engine: await sharedEngine() },
    { vaultId, pageKey: keys.page, keyEpoch },
  );
  if (!db.ok) throw new Error(db.error.tag);
  const done = work(db.value);
  db.value.close();
  return done;
};

test('a password that is changed on a nearly full disk is noted at once, and opens the account', async () => {
  const { ana, disk, vaultId, unlock } = await setUp();
  disk.fill();
  expect(await unlock(PASSWORD)).toMatchObject({ ok: true });
  const old = await headersOf(ana, vaultId);
  expect(await ana.api.changePassword({ current: PASSWORD, next: NEXT })).toEqual(ok(undefined));
  // The room is lent for the change only.
  expect(await ana.api.setName({ name: 'Ana Maria' })).toEqual(err({ tag: 'storage-full' }));
  await ana.close();

  const changed = await headersOf(ana, vaultId);
  await putBack(ana, vaultId, old);
  expect(await unlock(PASSWORD)).toEqual(err({ tag: 'older-header' }));
  await putBack(ana, vaultId, changed);
  expect(await unlock(PASSWORD)).toEqual(err({ tag: 'wrong-password' }));
  expect(await unlock(NEXT)).toMatchObject({ ok: true });
  expect(await ana.api.setName({ name: 'Ana Maria' })).toEqual(err({ tag: 'storage-full' }));
});

test('with no room at all a password is changed, opens the account, and is noted once there is room', async () => {
  const { ana, disk, vaultId, unlock } = await setUp();
  disk.useUp();
  expect(await unlock(PASSWORD)).toMatchObject({ ok: true });
  const old = await headersOf(ana, vaultId);
  expect(await ana.api.changePassword({ current: PASSWORD, next: NEXT })).toEqual(ok(undefined));
  // Asked again by a window that did not hear the answer.
  expect(await ana.api.changePassword({ current: PASSWORD, next: NEXT })).toEqual(ok(undefined));
  await ana.close();
  expect(await unlock(NEXT)).toMatchObject({ ok: true, value: { name: 'Ana' } });
  await ana.close();

  disk.empty();
  expect(await unlock(NEXT)).toMatchObject({ ok: true });
  await ana.close();
  await putBack(ana, vaultId, old);
  expect(await unlock(PASSWORD)).toEqual(err({ tag: 'older-header' }));
});

test('the first message after somebody made room is taken', async () => {
  const disk = createDisk();
  const relay = createRelayInProcess(createTestRelay());
  const ana = await createTestClient({ relay, name: 'Ana', wrapStorage: (storage) => disk.wrap(storage) });
  const bruno = await createTestClient({ relay, name: 'Bruno' });
  closing.push(ana, bruno);
  const conversationId = await meet(ana, bruno);
  await ana.close();
  disk.fill();
  await ana.reopen();
  const send = () => ana.api.sendText({ conversationId, text: 'is there room?' });
  expect(await send()).toEqual(err({ tag: 'storage-full' }));
  disk.empty();
  expect(await send()).toMatchObject({ ok: true });
});

test('on a full disk everything can be deleted in one go', async () => {
  const relay = createRelayInProcess(createTestRelay());
  const ana = await createTestClient({ relay, name: 'Ana' });
  const bruno = await createTestClient({ relay, name: 'Bruno' });
  closing.push(ana, bruno);
  const conversationId = await meet(ana, bruno);
  ana.goOffline();
  for (let number = 0; number < 300; number += 1) {
    await ana.api.sendText({ conversationId, text: `note ${number}` });
  }
  await ana.close();

  const disk = createLimitedDisk({ cutsAreFree: 'when-closed' });
  const { storage, leaderLock } = ana.vaults;
  const place: VaultStorage['place'] = (vaultId) =>
    keepingRoom(storage.place(vaultId), (files) => keepSpareFile(disk.holding(files)));
  // No timer fires: nothing is tidied up between two deletions.
  const core = createCore(createOfflineDeps({ vaults: { ...storage, place }, leaderLock }));
  await core.api.unlock({ vaultId: ana.vaultId(), password: PASSWORD });
  // The spare room is made when something grows, and is as long as the files of a small account with an empty log.
  for (let number = 0; number < 3; number += 1) await core.api.setName({ name: `Ana ${number}` });
  disk.setFree(0);
  for (let left = 300, hasMore = true; hasMore;) {
    const page = await core.api.messages({ conversationId, from: { at: 'newest' }, limit: 200 });
    if (!page.ok) throw new Error(page.error.tag);
    for (const { messageId } of page.value.messages) {
      expect(await core.api.deleteMessage({ messageId }), `${left} left`).toEqual(ok(undefined));
      left -= 1;
    }
    hasMore = page.value.hasOlder;
  }
  expect(await core.api.storageInfo()).toMatchObject({ messageCount: 0 });
  await core.close();
});

test('a setting that finds no room is as it was, and is changed once there is some', async () => {
  const { ana, disk, unlock } = await setUp();
  disk.fill();
  await unlock(PASSWORD);
  const change = () => ana.api.changeSettings({ enterSends: false });
  expect(await change()).toEqual(err({ tag: 'storage-full' }));
  expect(await ana.api.settings()).toMatchObject({ enterSends: true });
  disk.empty();
  await change(); // being refused asks how much room there is now
  expect(await change()).toMatchObject(ok({ enterSends: false }));
  expect(await ana.api.settings()).toMatchObject({ enterSends: false });
});

test('an account of an older release opens, migrates and unlocks within the spare room', async () => {
  const { ana, disk, vaultId, unlock } = await setUp();
  await withDatabase(ana, vaultId, toSchema1);
  disk.fill();
  expect(await unlock(PASSWORD)).toMatchObject({ ok: true, value: { name: 'Ana' } });
  await ana.close();
  const version = (db: Database) => db.row<{ format: number }>('SELECT format FROM schema_version')?.format;
  expect(await withDatabase(ana, vaultId, version)).toBe(SCHEMA_FORMAT);
});

test('where not even the spare room is left for an upgrade, it says so, and opens once there is some', async () => {
  const { ana, disk, vaultId, unlock } = await setUp();
  await withDatabase(ana, vaultId, toSchema1);
  disk.useUp();
  expect(await unlock(PASSWORD)).toEqual(err({ tag: 'storage-full' }));
  disk.empty();
  expect(await unlock(PASSWORD)).toMatchObject({ ok: true, value: { name: 'Ana' } });
});
