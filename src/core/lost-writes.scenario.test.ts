/** Storage that writes behind, as the layer over IndexedDB does, and loses what it was given. */
import { afterEach, expect, test, vi } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import { err, ok } from '../domain/result.ts';
import { createMemoryBlockStore, createMemoryHolds } from '../platform/testing/memory-block-store.ts';
import { createWriteBehindLayer } from '../platform/write-behind-layer.ts';
import type { FileLayer, StoredFile } from '../storage/file-layer.ts';
import type { VaultPlace, VaultStorage } from './deps.ts';
import { allArrived, meet, say } from './testing/meet.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createTestClient, type TestClient } from './testing/test-client.ts';

/** Keys are derived and groups are read on a machine that has other work. */
const PATIENCE_MS = 10_000;

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

/** Everything of the one account is in `store`, as in a browser without access handles. */
const createStorage = () => {
  const store = createMemoryBlockStore();
  const hold = createMemoryHolds();
  let now: 'there' | 'gone' | 'failing' | 'not closing' | 'taken away' = 'there';
  const behind = (place: VaultPlace | undefined): VaultPlace | undefined => {
    if (now === 'failing') throw new DOMException('as told', 'UnknownError');
    const files = createWriteBehindLayer({ store, hold, freeBytes: async () => undefined });
    const isThere = now !== 'gone' && now !== 'taken away' && place !== undefined;
    return !isThere ? undefined : { ...place, kind: 'indexeddb', files: closing(files) };
  };
  const closing = (files: FileLayer): FileLayer => ({
    ...files,
    async open(name, mode) {
      const opened = await files.open(name, mode);
      if (!opened.ok) return opened;
      const close = () => {
        if (now === 'not closing') throw new DOMException('as told', 'InvalidStateError');
        opened.value.close();
      };
      const write: StoredFile['write'] = (bytes, at) =>
        now === 'taken away' ? err({ tag: 'gone' }) : opened.value.write(bytes, at);
      return ok({ ...opened.value, write, close });
    },
  });
  const wrap = (storage: VaultStorage): VaultStorage => ({
    ...storage,
    create: async (vaultId) => behind(await storage.create(vaultId)),
    place: async (vaultId) => behind(await storage.place(vaultId)),
  });
  return { store, wrap, become: (next: typeof now) => (now = next) };
};

const setUp = async () => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const { store, wrap, become } = createStorage();
  const ana = await createTestClient({ relay: port, name: 'Ana', clock: relay.nowMs, wrapStorage: wrap });
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  closing.push(ana, bruno);
  const conversationId = await meet(ana, bruno);
  await ana.turn();
  return { ana, bruno, store, become, conversationId };
};

test('what was told as not stored is not read afterwards; with room again, everything goes on', async () => {
  const { ana, bruno, store, conversationId } = await setUp();
  void store.failNext('QuotaExceededError');
  expect(await ana.api.sendText({ conversationId, text: 'lost' })).toEqual({
    ok: false,
    error: { tag: 'storage-full' },
  });
  expect(await ana.texts(conversationId)).toEqual(['hello']);
  expect(ana.events, 'whoever shows more reads again').toContainEqual({ type: 'hand-over', state: 'done' });

  await say(ana, conversationId, 'and once more');
  await allArrived(ana, conversationId);
  await say(bruno, conversationId, 'good to hear');
  await allArrived(bruno, conversationId);
  expect(await ana.texts(conversationId)).toEqual(['hello', 'and once more', 'good to hear']);
  expect(await bruno.texts(conversationId)).toEqual(['hello', 'and once more', 'good to hear']);
});

test('what came in and was not stored is fetched again, and comes once', async () => {
  const { ana, bruno, store, conversationId } = await setUp();
  void store.failNext('UnknownError');
  await say(bruno, conversationId, 'are you there?');
  await allArrived(bruno, conversationId);
  expect(await ana.texts(conversationId)).toEqual(['hello', 'are you there?']);
});

test('storage that fails again while the account is opened anew is asked again, until it does not', async () => {
  const { ana, bruno, store, conversationId } = await setUp();
  const text = 'in the end';
  const failedOnce = store.failNext('UnknownError');
  const sending = ana.api.sendText({ conversationId, text });
  await failedOnce;
  await Promise.all([store.failNext('UnknownError'), sending]);

  const isTaken = async () => expect((await ana.api.sendText({ conversationId, text })).ok).toBe(true);
  await vi.waitFor(isTaken, PATIENCE_MS);
  await allArrived(ana, conversationId);
  expect(await bruno.texts(conversationId)).toEqual(['hello', text]);
});

test.each([
  ['gone', 'header-missing'],
  ['failing', 'storage-unavailable'],
  ['not closing', 'storage-unavailable'],
] as const)(
  'where it cannot be opened anew, since all is %s, it is locked and let go, and the reason is told',
  async (how, tag) => {
    const { ana, store, become, conversationId } = await setUp();
    void store.failNext('InvalidStateError');
    become(how);
    await ana.api.sendText({ conversationId, text: 'lost' });
    await expect(ana.texts(conversationId)).rejects.toThrow('no account is open');
    expect(ana.events).toContainEqual({ type: 'locked', vaultId: ana.vaultId(), reason: { tag } });
    expect(await ana.vaults.leaderLock.isHeld(ana.vaultId()), 'somebody else may open it').toBe(false);
  },
);

test('an account whose files were taken away while it was open is locked, and the reason is told', async () => {
  const { ana, become, conversationId } = await setUp();
  become('taken away');
  expect((await ana.api.sendText({ conversationId, text: 'lost' })).ok).toBe(false);
  await vi.waitFor(
    () =>
      expect(ana.events).toContainEqual({ type: 'locked', vaultId: ana.vaultId(), reason: { tag: 'header-missing' } }),
    PATIENCE_MS,
  );
});
