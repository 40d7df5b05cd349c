import { describe, expect, test } from 'vitest';
import { DAY_MS, LIMITS } from '../domain/limits.ts';
import { envelope, envelopeHeader } from '../wire/envelope.ts';
import type { InboxItem, RelayResponse } from '../wire/relay-api.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import type { Faults } from './testing/faulty-relay.ts';
import { allArrived, meet, say } from './testing/meet.ts';
import { createPeople } from './testing/people.ts';
import { tamper } from './testing/tamper.ts';
import { until } from './testing/test-client.ts';

/** People whose clocks are right, at a relay whose clock need not be. */
const people = ({ clockOffMs = 0 } = {}) => {
  let offMs = clockOffMs;
  // The clock of the devices, which is right.
  const nowMs = (): number => relay.nowMs() - offMs;
  const { relay, person } = createPeople({ clock: nowMs, haveHandles: true });
  relay.moveClock(offMs);
  const putClockRight = (): void => {
    relay.moveClock(-offMs);
    offMs = 0;
  };
  return { person, relay: { nowMs, putClockRight } };
};

/** What a relay does to the pages of a mailbox. */
const onFetch = (change: (items: readonly InboxItem[]) => readonly InboxItem[]): Faults => ({
  alter: (operation, answer) => {
    if (operation !== 'fetch') return answer;
    const page = answer as RelayResponse<'fetch'>;
    return { ...page, items: change(page.items) } as typeof answer;
  },
});

const HUGE = [2 ** 40, 2 ** 48 - 1, Number.MAX_SAFE_INTEGER];

test.each(HUGE)('a relay that answers a message with a huge number (%d) does not put it out of place', async (huge) => {
  const { person } = people();
  let lies = 0;
  const lie: Faults = {
    alter: (operation, answer) => {
      if (operation !== 'deposit' || lies === 0) return answer;
      lies -= 1;
      return { ...answer, sequence: huge };
    },
  };
  const [ana, bruno] = [await person('Ana', lie), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  lies = 1;
  await say(ana, conversationId, '1');
  await allArrived(ana, conversationId);
  expect(lies).toBe(0);
  await say(bruno, conversationId, '2');
  await allArrived(bruno, conversationId);
  await say(ana, conversationId, '3');
  await allArrived(ana, conversationId);
  for (const client of [ana, bruno]) expect(await client.texts(conversationId)).toEqual(['hello', '1', '2', '3']);
});

test.each(HUGE)('a relay that answers a new group with a huge number (%d) does not spoil it', async (huge) => {
  const { person } = people();
  let lies = 1;
  const lie: Faults = {
    alter: (operation, answer) => {
      if (operation !== 'commit' || lies === 0) return answer;
      lies -= 1;
      return { ...answer, sequence: huge };
    },
  };
  const [ana, bruno] = [await person('Ana', lie), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  expect(lies).toBe(0);
  expect(await bruno.texts(conversationId)).toEqual(['hello']);
});

test('a mailbox position far ahead does not make a device deaf once the relay is honest again', async () => {
  const { person } = people();
  let isLying = false;
  const lie = onFetch((items) => items.map((item) => (isLying ? { ...item, cursor: Number.MAX_SAFE_INTEGER } : item)));
  const [ana, bruno] = [await person('Ana'), await person('Bruno', lie)];
  const conversationId = await meet(ana, bruno);
  isLying = true;
  await say(ana, conversationId, '1');
  await until('Bruno reads', async () => (await bruno.texts(conversationId)).includes('1'));
  isLying = false;
  await say(ana, conversationId, '2');
  await until('Bruno reads on', async () => (await bruno.texts(conversationId)).includes('2'));
  expect(await bruno.texts(conversationId)).toEqual(['hello', '1', '2']);
});

test('a relay that always has more, and never anything, does not keep people from what they do', async () => {
  const { person } = people();
  let isEndless = false;
  const endless: Faults = {
    alter: (operation, answer) => (operation === 'fetch' && isEndless ? { ...answer, items: [], more: true } : answer),
  };
  const [ana, bruno] = [await person('Ana'), await person('Bruno', endless)];
  isEndless = true;
  bruno.look();
  expect(await bruno.api.findByHandle({ handle: 'ana' })).toMatchObject({ ok: true });
  expect(await ana.accountId()).toBeDefined();
});

test('a relay that never has a key package left is not given more and more of them', async () => {
  const { person } = people();
  let published = 0;
  const greedy: Faults = {
    alter: (operation, answer) => {
      if (operation !== 'publishKeyPackages') return answer;
      published += 1;
      return { ...answer, available: 0 };
    },
  };
  await person('Ana', greedy);
  expect(published).toBe(2);
});

test.each(['gone', 'conflict'] as const)(
  'a relay that calls everything outdated (%s) is not asked without a pause, and people go on',
  async (code) => {
    const { person } = people();
    let [refused, isRefusing] = [0, false];
    const refuse: Faults = {
      refuse: (operation) => {
        if (operation !== 'deposit' || !isRefusing) return undefined;
        refused += 1;
        return { code, message: '' };
      },
    };
    const [ana, bruno] = [await person('Ana', refuse), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    isRefusing = true;
    await say(ana, conversationId, 'later');
    await until('told', async () => (await ana.api.connection()).problem === 'relay-refuses');
    expect(await ana.api.findByHandle({ handle: 'bruno' })).toMatchObject({ ok: true });
    await say(bruno, conversationId, 'meanwhile');
    await until('Ana reads', async () => (await ana.texts(conversationId)).includes('meanwhile'));
    expect(refused).toBeLessThan(100);
    isRefusing = false;
    ana.look();
    await allArrived(ana, conversationId);
    expect((await bruno.messages(conversationId)).map(({ body }) => body)).toMatchObject([
      { text: 'hello' },
      { text: 'meanwhile' },
      { text: 'later' },
    ]);
  },
);

describe('a relay whose clock is wildly off', () => {
  const YEARS_MS = 365 * DAY_MS;
  const LAST_DATE_MS = 8_640_000_000_000_000;

  test.each([
    ['ten years ahead', 10 * YEARS_MS],
    ['thirty years behind', -30 * YEARS_MS],
  ])('%s: people talk all the same, and when it is put right', async (_name, offMs) => {
    const { person, relay } = people({ clockOffMs: offMs });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    await say(ana, conversationId, 'in a strange year');
    await allArrived(ana, conversationId);
    relay.putClockRight();
    for (const client of [ana, bruno]) {
      await say(client, conversationId, `${client.name} today`);
      await allArrived(client, conversationId);
    }
    const expected = ['hello', 'in a strange year', 'Ana today', 'Bruno today'];
    for (const client of [ana, bruno]) {
      expect(await client.texts(conversationId)).toEqual(expected);
      const [conversation] = await client.api.conversations({ limit: 9, after: undefined });
      expect(conversation?.sortAtMs).toBeLessThanOrEqual(relay.nowMs() + DAY_MS);
    }
  });

  test('times that are no dates are shown as today', async () => {
    const { person, relay } = people();
    const noDate: Faults = {
      alter: (operation, answer) => {
        if (operation === 'deposit' || operation === 'commit') return { ...answer, timeMs: Number.MAX_SAFE_INTEGER };
        if (operation !== 'fetch') return answer;
        const page = answer as RelayResponse<'fetch'>;
        const items = page.items.map((item) => ({ ...item, timeMs: Number.MAX_SAFE_INTEGER }));
        return { ...page, items } as typeof answer;
      },
    };
    const [ana, bruno] = [await person('Ana', noDate), await person('Bruno', noDate)];
    const conversationId = await meet(ana, bruno);
    await say(ana, conversationId, 'today');
    await allArrived(ana, conversationId);
    for (const client of [ana, bruno]) {
      for (const { shownAtMs } of await client.messages(conversationId)) expect(shownAtMs).toBe(relay.nowMs());
      const [conversation] = await client.api.conversations({ limit: 9, after: undefined });
      expect(conversation?.sortAtMs).toBeLessThan(LAST_DATE_MS);
    }
  });

  test('put right in the middle of a session, it is asked for its clock anew', async () => {
    const { person, relay } = people({ clockOffMs: 10 * DAY_MS });
    const [ana, bruno] = [await person('Ana'), await person('Bruno')];
    const conversationId = await meet(ana, bruno);
    relay.putClockRight();
    await say(ana, conversationId, 'which day is it?');
    await allArrived(ana, conversationId);
    expect((await ana.api.connection()).problem).toBeUndefined();
    expect(await bruno.texts(conversationId)).toEqual(['hello', 'which day is it?']);
  });
});

test('somebody who counts their messages to the last number there is goes on being heard', async () => {
  const { person } = people();
  const [ana, bruno] = [await person('Ana'), await person('Bruno')];
  const conversationId = await meet(ana, bruno);
  await tamper(ana, ({ groups }) => {
    for (const group of groups.list()) groups.save({ ...group, ownCounter: Number.MAX_SAFE_INTEGER - 1 });
  });
  for (const text of ['one before', 'the last']) {
    await say(ana, conversationId, text);
    await allArrived(ana, conversationId);
  }
  await tamper(ana, ({ groups }) => {
    for (const group of groups.list()) groups.save({ ...group, ownCounter: 5 });
  });
  await say(ana, conversationId, 'from the beginning');
  await allArrived(ana, conversationId);
  expect(await bruno.texts(conversationId)).toEqual(['hello', 'one before', 'the last', 'from the beginning']);
});

test('what claims to build on commits that nobody made cannot fill a device, and the conversation goes on', async () => {
  const { person } = people();
  let floods = 0;
  const flood = onFetch((items) => {
    const [item] = items;
    if (floods === 0 || item === undefined) return items;
    floods -= 1;
    const early = onLaterCommit(item);
    return [...items, ...Array.from({ length: 150 }, () => ({ ...early }))];
  });
  const [ana, bruno] = [await person('Ana'), await person('Bruno', flood)];
  const conversationId = await meet(ana, bruno);
  floods = 2;
  for (const text of ['1', '2', '3']) {
    await say(ana, conversationId, text);
    await allArrived(ana, conversationId);
  }
  expect(floods).toBe(0);
  expect(await bruno.texts(conversationId)).toEqual(['hello', '1', '2', '3']);
  await tamper(bruno, ({ held }) => expect(held.count('early')).toBe(LIMITS.heldItems));
});

/** The header of a message is read before anybody can tell who wrote it. */
const onLaterCommit = (item: InboxItem): InboxItem => {
  const parts = decodeWith(envelope, item.envelope);
  if (!parts.ok) throw new Error(parts.error.detail);
  const header = decodeWith(envelopeHeader, parts.value.header);
  if (!header.ok) throw new Error(header.error.detail);
  const later = encodeWith(envelopeHeader, { ...header.value, base: header.value.base + 1 });
  return { ...item, envelope: encodeWith(envelope, { ...parts.value, header: later }) };
};
