/** Somebody deletes a message and locks at once: the worker is ended before it has tidied up. */
import { randomFillSync } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import { decryptImage } from '../storage/testing/decrypted-image.ts';
import { quickStretch } from '../vault/testing/quick-stretch.ts';
import { unlockVault } from '../vault/unlock-vault.ts';
import { toVaultHeaderStore } from './account/header-store.ts';
import { allArrived, meet, say } from './testing/meet.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { createTestClient, PASSWORD, type TestClient } from './testing/test-client.ts';

const SECRET = 'the combination is twelve, seven, thirty';
const PATIENCE_MS = 10_000;

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

const pageKeyOf = async ({ vaults, vaultId }: TestClient) => {
  const place = await vaults.storage.place(vaultId());
  if (place === undefined) throw new Error('no vault');
  const unlocked = await unlockVault(
    {
      random: (length) => randomFillSync(new Uint8Array(length)),
      headerStore: toVaultHeaderStore(place.headerStore),
      stretchPassword: quickStretch,
    },
    { password: PASSWORD },
  );
  if (!unlocked.ok) throw new Error(unlocked.error.tag);
  return unlocked.value.keys.page;
};

test('what was deleted just before the lock leaves the disk after the next unlock', async () => {
  const relay = createRelayInProcess(createTestRelay());
  const ana = await createTestClient({ relay, name: 'Ana' });
  const bruno = await createTestClient({ relay, name: 'Bruno' });
  closing.push(ana, bruno);
  const conversationId = await meet(ana, bruno);
  await say(bruno, conversationId, SECRET);
  await allArrived(bruno, conversationId);
  await ana.close(); // the log goes into the pages
  await ana.reopen();
  const pageKey = await pageKeyOf(ana);
  const places = (): number => {
    const { pages, frames } = decryptImage(ana.vaults.images().get(ana.vaultId())!, pageKey);
    return [...pages, ...frames].filter((bytes) => Buffer.from(bytes).includes(SECRET)).length;
  };

  const secret = (await ana.messages(conversationId)).find(({ body }) => body.kind === 'text' && body.text === SECRET);
  expect((await ana.api.deleteMessage({ messageId: secret!.messageId })).ok).toBe(true);
  ana.crash();
  expect(places()).toBeGreaterThan(0);
  await ana.reopen();
  await vi.waitFor(() => expect(places()).toBe(0), PATIENCE_MS);
});
