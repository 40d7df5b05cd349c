/** The relay's operator puts back a backup: everybody goes on, and nothing that was written is lost or shown twice. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConversationId } from '../domain/ids.ts';
import { DAY_MS } from '../domain/limits.ts';
import type { RelayOperation, RelayResponse } from '../wire/relay-api.ts';
import { allArrived, ask, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { createRestorableRelay } from './testing/restorable-relay.ts';
import { sweepRestorePoints } from './testing/restore-points.ts';
import { until, type TestClient } from './testing/test-client.ts';

/** Of deaths on the way back: few, so that they end in time on a busy machine. */
const EVERY_POINT = 60;

const setUp = (options: { readonly haveHandles?: boolean } = {}) => {
  const relay = createRestorableRelay();
  onTestFinished(() => relay.close());
  const { person } = createPeople({ relay: relay.port, clock: relay.nowMs, ...options });
  return { relay, person };
};

const isBack = (client: TestClient): Promise<void> =>
  until(`${client.name} is back`, async () => {
    const found = (await client.api.me()).olderCopy;
    return found?.isBack === true && found.cause === 'relay-restored';
  });

const problem = async (client: TestClient) => (await client.api.connection()).problem;

const atRelay = (client: TestClient, conversationId: ConversationId): Promise<void> =>
  until('it is at the relay', async () => (await client.messages(conversationId)).at(-1)?.delivery === 'at-relay');

const notices = async (client: TestClient, conversationId: ConversationId): Promise<readonly string[]> =>
  (await client.messages(conversationId)).flatMap(({ body }) => (body.kind === 'notice' ? [body.notice] : []));

/** Each says something, and both have read the same, once, with no word of anything missing. */
const goOn = async (
  both: readonly [TestClient, TestClient],
  conversationId: ConversationId,
  before: readonly string[],
  restores = 1,
): Promise<void> => {
  const after: string[] = [];
  for (const client of both) {
    const text = `${client.name} goes on`;
    await say(client, conversationId, text);
    await Promise.all(both.map((each) => allArrived(each, conversationId)));
    after.push(text);
  }
  for (const client of both) {
    expect(await client.texts(conversationId), client.name).toEqual([...before, ...after]);
    const told = await notices(client, conversationId);
    expect(told).not.toContain('messages-missing');
    expect(told).not.toContain('undecryptable');
    expect(told).not.toContain('older-copy');
    expect(told.filter((notice) => notice === 'relay-restored').length).toBeLessThanOrEqual(restores);
    expect(await problem(client)).toBe(undefined);
  }
};

describe('a relay that was put back to', () => {
  test('before the last messages: both go on in the same conversation, and read what happened', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    const backup = relay.backUp();
    await say(ana, conversationId, 'after the backup');
    await allArrived(ana, conversationId);
    await say(bruno, conversationId, 'answered');
    await allArrived(bruno, conversationId);

    await relay.restore(backup);
    for (const client of [ana, bruno]) client.look();
    await Promise.all([isBack(ana), isBack(bruno)]);
    await goOn([ana, bruno], conversationId, ['hello', 'after the backup', 'answered']);
    expect([...(await notices(ana, conversationId)), ...(await notices(bruno, conversationId))]).toContain(
      'relay-restored',
    );
    expect(await bruno.api.conversations({ limit: 10, after: undefined })).toHaveLength(1);
    expect(await bruno.api.requests()).toEqual([]);
  });

  test('before one of the two had an account: it is known there again', async () => {
    const { relay, person } = setUp();
    const ana = await person('Ana');
    const backup = relay.backUp();
    const bruno = await person('Bruno');
    const conversationId = await meet(ana, bruno);
    await say(bruno, conversationId, 'I am new here');
    await allArrived(bruno, conversationId);

    await relay.restore(backup);
    for (const client of [ana, bruno]) client.look();
    await Promise.all([isBack(ana), isBack(bruno)]);
    await goOn([ana, bruno], conversationId, ['hello', 'I am new here']);
  });

  test('before the conversation began', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const backup = relay.backUp();
    const conversationId = await meet(ana, bruno);
    await relay.restore(backup);
    for (const client of [ana, bruno]) client.look();
    await Promise.all([isBack(ana), isBack(bruno)]);
    await goOn([ana, bruno], conversationId, ['hello']);
  });

  test('before a request was sent: it is asked again, once', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const backup = relay.backUp();
    const conversationId = await ask(ana, bruno);
    await until('asked', async () => (await bruno.api.requests()).length === 1);
    await relay.restore(backup);
    for (const client of [ana, bruno]) client.look();
    await Promise.all([isBack(ana), isBack(bruno)]);
    expect(await bruno.api.requests()).toHaveLength(1);
    expect(await bruno.api.acceptRequest({ conversationId })).toMatchObject({ ok: true });
    await allArrived(ana, conversationId);
    await goOn([ana, bruno], conversationId, ['hello']);
  });

  test('before messages that nobody had fetched: they arrive', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    await Promise.all([ana.turn(), bruno.turn()]);
    bruno.goOffline();
    const backup = relay.backUp();
    for (const text of ['one', 'two']) await say(ana, conversationId, text);
    await atRelay(ana, conversationId);
    ana.goOffline();
    await say(ana, conversationId, 'three');

    await relay.restore(backup);
    ana.goOnline();
    await isBack(ana);
    bruno.goOnline();
    await allArrived(ana, conversationId);
    await goOn([ana, bruno], conversationId, ['hello', 'one', 'two', 'three']);
  });

  test('before the other side’s last messages, and she is away for days: she finds it when she comes', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    const backup = relay.backUp();
    await say(ana, conversationId, 'and off');
    await allArrived(ana, conversationId);
    await ana.close();
    await say(bruno, conversationId, 'for when you come');
    await atRelay(bruno, conversationId);

    await relay.restore(backup);
    bruno.look();
    await isBack(bruno);
    await say(bruno, conversationId, 'are you there?');
    // With a key package of the device that she will not be any more.
    await atRelay(bruno, conversationId);
    relay.moveClock(3 * DAY_MS);
    await ana.reopen();
    await isBack(ana);
    await allArrived(bruno, conversationId);
    await goOn([ana, bruno], conversationId, ['hello', 'and off', 'for when you come', 'are you there?']);
  });

  test('before somebody’s device was replaced: nobody is written to on the device that is gone', async () => {
    const { relay, person } = setUp();
    let claims = 0;
    const fate = (operation: RelayOperation) => {
      if (operation === 'claimKeyPackages') claims += 1;
      return 'delivered' as const;
    };
    const [ana, bruno] = [await person('Ana', { fate }), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    const backup = relay.backUp();
    await say(bruno, conversationId, 'once');
    await allArrived(bruno, conversationId);
    await relay.restore(backup);
    for (const client of [ana, bruno]) client.look();
    await Promise.all([isBack(ana), isBack(bruno)]);
    await say(bruno, conversationId, 'twice');
    await allArrived(bruno, conversationId);
    await bruno.close();
    relay.moveClock(DAY_MS + 1);
    // Once more, to before both became new devices: Ana knows more of Bruno than the relay does.
    await relay.restore(backup);
    const before = (await ana.api.me()).olderCopy?.foundAtMs;
    claims = 0;
    await say(ana, conversationId, 'where are you?');
    await until('Ana is back', async () => {
      const found = (await ana.api.me()).olderCopy;
      return found?.isBack === true && found.foundAtMs !== before;
    });
    for (let turns = 0; turns < 6; turns += 1) await ana.turn();
    expect((await ana.messages(conversationId)).at(-1)?.delivery).toBe('stored');
    expect(claims).toBe(0);
    await bruno.reopen();
    await allArrived(ana, conversationId);
    await goOn([ana, bruno], conversationId, ['hello', 'once', 'twice', 'where are you?'], 2);
  });

  test('this very moment: whoever had nothing on the way goes on as before', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    await Promise.all([ana.turn(), bruno.turn()]);
    for (let times = 0; times < 3; times += 1) {
      await relay.restore(relay.backUp());
      await Promise.all([ana.turn(), bruno.turn()]);
    }
    await goOn([ana, bruno], conversationId, ['hello']);
    for (const client of [ana, bruno]) expect((await client.api.me()).olderCopy).toBe(undefined);
  });
});

describe('the handle', () => {
  test('that the relay lost is claimed again, and people are found by it', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    await ana.turn();
    const backup = relay.backUp();
    expect(await ana.api.claimHandle({ handle: 'ana' })).toMatchObject({ ok: true });
    await relay.restore(backup);
    await ana.turn();
    await until('found', async () => (await bruno.api.findByHandle({ handle: 'ana' })).ok);
    expect(await ana.api.me()).toMatchObject({ handle: 'ana' });
  });

  test('that somebody else has by now is told as theirs, and is ours no more', async () => {
    const { relay, person } = setUp();
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const backup = relay.backUp();
    expect(await ana.api.claimHandle({ handle: 'ana' })).toMatchObject({ ok: true });
    await ana.turn();
    await ana.close();
    await relay.restore(backup);
    await bruno.turn();
    expect(await bruno.api.claimHandle({ handle: 'ana' })).toMatchObject({ ok: true });
    await ana.reopen();
    await isBack(ana);
    await until('told', async () => (await ana.api.me()).refusedHandle === 'ana');
    expect((await ana.api.me()).handle).toBe(undefined);
    expect(await bruno.api.me()).toMatchObject({ handle: 'ana' });
  });
});

test('a relay that was put back twice in a day is waited for: said, and over the day after', async () => {
  const { relay, person } = setUp();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  const backup = relay.backUp();
  await say(ana, conversationId, 'one');
  await allArrived(ana, conversationId);
  await relay.restore(backup);
  ana.look();
  bruno.look();
  await Promise.all([isBack(ana), isBack(bruno)]);
  await ana.turn();
  await relay.restore(backup);
  await say(ana, conversationId, 'two');
  ana.look();
  await until('told', async () => (await problem(ana)) === 'relay-restored');
  expect(await ana.texts(conversationId)).toEqual(['hello', 'one', 'two']);
  relay.moveClock(DAY_MS + 1);
  for (const client of [ana, bruno]) client.look();
  await allArrived(ana, conversationId);
  await goOn([ana, bruno], conversationId, ['hello', 'one', 'two'], 2);
});

test('a relay that says it was put back in every answer has nobody begin anew more than once a day', async () => {
  const { person } = setUp();
  const ana = await person('Ana');
  await ana.turn();
  await ana.close();
  let entries = 0;
  const strange = () => crypto.getRandomValues(new Uint8Array(16));
  const alter = <Name extends RelayOperation>(operation: Name, answer: RelayResponse<Name>): RelayResponse<Name> => {
    if (operation === 'appendEntry') entries += 1;
    if (operation === 'hello') return { ...answer, incarnation: strange() };
    if (operation === 'checkpoint') return { incarnation: strange() } as RelayResponse<Name>;
    return answer;
  };
  const liar = await person('Ana', { alter }, { vaults: ana.vaults });
  await until('stopped', async () => (await problem(liar)) === 'relay-restored');
  for (let times = 0; times < 5; times += 1) await liar.turn();
  liar.crash();
  await liar.reopen();
  await until('stopped again', async () => (await problem(liar)) === 'relay-restored');
  expect(entries).toBe(1);
});

test('a death on the way back loses and repeats nothing', async () => {
  const { tried, bad, example } = await sweepRestorePoints({ every: EVERY_POINT });
  expect({ bad, example }).toEqual({ bad: 0, example: undefined });
  expect(tried).toBeGreaterThan(1);
});
