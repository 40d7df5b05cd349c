/** Somebody renews the encryption key of an account that is in use, and nothing that is stored or said gets lost by it. */
import { afterEach, expect, test } from 'vitest';
import { createTestRelay } from '../../relay/testing/in-process-relay.ts';
import type { ConversationId } from '../domain/ids.ts';
import { quickStretch } from '../vault/testing/quick-stretch.ts';
import { unlockVault } from '../vault/unlock-vault.ts';
import type { UnlockedVault } from '../vault/unlocked-vault.ts';
import { toVaultHeaderStore } from './account/header-store.ts';
import { allArrived, isOnline, meet, say } from './testing/meet.ts';
import { createMortality, type Mortality } from './testing/mortality.ts';
import { createRelayInProcess } from './testing/relay-in-process.ts';
import { tamper } from './testing/tamper.ts';
import { createTestClient, PASSWORD, until, type TestClient } from './testing/test-client.ts';

const closing: TestClient[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((client) => client.close()));
});

type Scene = {
  readonly ana: TestClient;
  readonly bruno: TestClient;
  readonly conversationId: ConversationId;
  readonly mortality: Mortality;
};

const setScene = async (): Promise<Scene> => {
  const relay = createTestRelay();
  const port = createRelayInProcess(relay);
  const mortality = createMortality(port, false);
  const { onFileChange } = mortality;
  const ana = await createTestClient({ relay: port, name: 'Ana', clock: relay.nowMs, onFileChange });
  const bruno = await createTestClient({ relay: port, name: 'Bruno', clock: relay.nowMs });
  mortality.strike(ana);
  closing.push(ana, bruno);
  await Promise.all([isOnline(ana), isOnline(bruno)]);
  const conversationId = await meet(ana, bruno);
  return { ana, bruno, conversationId, mortality };
};

/** Her vault, as somebody finds it who has her disk and her password. */
const vaultOf = async (ana: TestClient): Promise<UnlockedVault> => {
  const place = await ana.vaults.copy().storage.place(ana.vaultId());
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const headerStore = toVaultHeaderStore(place!.headerStore);
  const vault = await unlockVault({ random, headerStore, stretchPassword: quickStretch }, { password: PASSWORD });
  if (!vault.ok) throw new Error(vault.error.tag);
  return vault.value;
};

const isMoved = async (ana: TestClient): Promise<boolean> =>
  (await ana.api.keyRenewal()).movedShare === undefined && (await vaultOf(ana)).keys.previousPage === undefined;

test('messages come and go while the key is renewed, and all of them are there afterwards', async () => {
  const { ana, bruno, conversationId } = await setScene();
  // So much that it takes several steps.
  await tamper(ana, ({ settings }) => settings.write('large', new Uint8Array(6_000_000).fill(7)));
  await isOnline(ana);
  const before = await vaultOf(ana);
  const copied = ana.vaults.copy();

  expect(await ana.api.keyRenewal()).toEqual({ movedShare: undefined, problem: undefined, orderedAtMs: undefined });
  const begun = await ana.api.renewKey({ password: PASSWORD });
  expect(begun).toMatchObject({ ok: true, value: { movedShare: 0, problem: undefined } });
  const expected = ['hello'];
  for (let number = 0; number < 6; number += 1) {
    for (const person of [ana, bruno]) {
      const text = `${person.name} ${number}`;
      await say(person, conversationId, text);
      expected.push(text);
    }
  }
  await until('the new key is everywhere', () => isMoved(ana));
  await Promise.all([allArrived(ana, conversationId), allArrived(bruno, conversationId)]);

  const told = ana.events.flatMap((event) => (event.type === 'key-renewal' ? [event.renewal.movedShare] : []));
  expect(told.some((share) => share !== undefined && share > 0)).toBe(true);
  expect(told.at(-1)).toBeUndefined();
  const after = await vaultOf(ana);
  expect(after.keyEpoch).toBe(before.keyEpoch + 1);
  expect(after.keys.page).not.toEqual(before.keys.page);
  await ana.close();
  await ana.reopen();
  for (const person of [ana, bruno])
    expect((await person.texts(conversationId)).toSorted()).toEqual(expected.toSorted());
  expect((await ana.api.keyRenewal()).orderedAtMs).toEqual(expect.any(Number));

  // The header of an older copy, with the password of then, opens nothing of it any more.
  await ana.close();
  const place = (await ana.vaults.storage.place(ana.vaultId()))!;
  const old = (await copied.storage.place(ana.vaultId()))!;
  for (const copy of [0, 1] as const) await place.headerStore.write(copy, (await old.headerStore.read(copy))!);
  const opened = await ana.api.unlock({ vaultId: ana.vaultId(), password: PASSWORD });
  expect(opened).toEqual({ ok: false, error: { tag: 'database-damaged' } });
});

test('a death at any change of a file while it is renewed costs nothing, and it goes on by itself', async () => {
  const { ana, conversationId, mortality } = await setScene();
  let expected = await ana.texts(conversationId);
  let deaths = 0;
  let renewals = 0;
  for (let point = 0, isReached = true; isReached; point += 1) {
    const text = `while it is renewed, ${point}`;
    mortality.dieAt(point);
    const asked = ana.api.renewKey({ password: PASSWORD }).catch(() => undefined);
    const said = say(ana, conversationId, text).catch(() => undefined);
    const end = until('the end of it', async () => ana.isDead() || ((await asked, await said), await isMoved(ana)));
    await end.catch((error: unknown) => {
      if (!ana.isDead()) throw error;
    });
    isReached = ana.isDead();
    mortality.endWaiting();
    if (isReached) {
      deaths += 1;
      await ana.reopen();
    }
    await until(`it goes on after a death at ${point}`, () => isMoved(ana));
    const { keyEpoch } = await vaultOf(ana);
    expect([renewals, renewals + 1]).toContain(keyEpoch - 1);
    renewals = keyEpoch - 1;
    const texts = await ana.texts(conversationId);
    expect(texts.filter((one) => one !== text)).toEqual(expected);
    if (!isReached) expect(texts).toContain(text);
    expected = texts;
    expect(point).toBeLessThan(200);
  }
  expect(deaths).toBeGreaterThan(20);
  expect(renewals).toBeGreaterThan(deaths / 2);
});
