import { beforeEach, describe, expect, it } from 'vitest';
import { ok } from '../domain/result.ts';
import type { CoreApi, CoreEvent } from './core-api.ts';
import { openCoreConnection, type CoreConnection } from './core-connection.ts';
import { isSharedMethod } from './core-methods.ts';
import type { MessageEndpoint, MessageListener } from './core-messages.ts';
import { exposeCore, type ExposedCore } from './expose-core.ts';

/** Two ends of a wire that clones what passes, as a worker does, and can lose it. */
const createWire = () => {
  const listeners = { page: new Set<MessageListener>(), core: new Set<MessageListener>() };
  const lost = { toCore: 0, toPage: 0 };
  const endOf = (own: 'page' | 'core', other: 'page' | 'core', losing: 'toCore' | 'toPage'): MessageEndpoint => ({
    postMessage(message) {
      const data: unknown = structuredClone(message);
      if (lost[losing] > 0) {
        lost[losing] -= 1;
        return;
      }
      queueMicrotask(() => [...listeners[other]].forEach((listener) => listener({ data })));
    },
    addEventListener: (_, listener) => listeners[own].add(listener),
    removeEventListener: (_, listener) => listeners[own].delete(listener),
  });
  return { page: endOf('page', 'core', 'toCore'), core: endOf('core', 'page', 'toPage'), lost };
};

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a page and its core', () => {
  let wire: ReturnType<typeof createWire>;
  let exposed: ExposedCore;
  let connection: CoreConnection;
  let events: CoreEvent[];
  let timers: { task: () => void; delayMs: number }[];
  let drafts: string[];
  let seen: number;
  let answerMe: (() => void) | undefined;

  const fakeApi = {
    rpcVersion: async () => 1,
    setDraft: async ({ text }: { text: string }) => void drafts.push(text),
    me: () => new Promise<void>((resolve) => (answerMe = resolve)),
    search: async () => {
      throw new RangeError('a bug');
    },
    unlock: async () => ok({ accountId: 'aa', name: 'Ada', handle: undefined }),
  } as unknown as CoreApi;

  beforeEach(() => {
    wire = createWire();
    events = [];
    timers = [];
    drafts = [];
    seen = 0;
    let lastId = 0;
    exposed = exposeCore(fakeApi, wire.core, { onVisible: () => (seen += 1) });
    connection = openCoreConnection(
      {
        setTimer: (task, delayMs) => {
          const timer = { task, delayMs };
          timers.push(timer);
          return () => timers.splice(timers.indexOf(timer), 1);
        },
        newRequestId: () => `request-${(lastId += 1)}`,
      },
      (event) => events.push(event),
    );
    connection.attach(wire.page);
  });

  const passTime = () => {
    for (const timer of timers.splice(0)) timer.task();
  };
  const draft = (text: string) => connection.api.setDraft({ conversationId: '00' as never, text });

  it('calls a method and gets its answer', async () => {
    expect(await connection.api.rpcVersion()).toBe(1);
    expect(await connection.api.unlock({ vaultId: '00' as never, password: 'secret' })).toEqual(
      ok({ accountId: 'aa', name: 'Ada', handle: undefined }),
    );
    expect(timers).toEqual([]);
  });

  it('hears events beside the answers', async () => {
    const call = draft('hello');
    exposed.emit({ type: 'connection', connection: { state: 'online', waitingCount: 0 } });
    await call;
    expect(events).toEqual([{ type: 'connection', connection: { state: 'online', waitingCount: 0 } }]);
  });

  it.each(['toCore', 'toPage'] as const)('does once what is asked twice, when a message is lost %s', async (way) => {
    wire.lost[way] = 1;
    const call = draft('hello');
    await settled();
    passTime();
    await call;
    expect(drafts).toEqual(['hello']);
    expect(timers).toEqual([]);
  });

  it('gives up on a core that does not answer', async () => {
    const call = connection.api.me();
    passTime();
    await settled();
    passTime();
    await expect(call).rejects.toMatchObject({ name: 'CoreCallError', reason: 'timed-out' });
    answerMe?.();
    await settled();
  });

  it('says when it comes to the front', async () => {
    connection.tellVisible();
    await settled();
    expect(seen).toBe(1);
  });

  it('rejects every open and later call when the core is gone', async () => {
    const call = connection.api.me();
    connection.end();
    await expect(call).rejects.toMatchObject({ reason: 'ended' });
    await expect(connection.api.me()).rejects.toMatchObject({ reason: 'ended' });
    exposed.emit({ type: 'contacts', changed: [] });
    await settled();
    expect(events).toEqual([]);
    expect(timers).toEqual([]);
  });

  it('tells a bug from an answer', async () => {
    const call = connection.api.search({ query: '', conversationId: undefined, after: undefined, limit: 1 });
    await expect(call).rejects.toMatchObject({ reason: 'failed' });
    await expect(connection.api.contacts()).rejects.toMatchObject({ reason: 'failed' });
  });

  it('stops answering once closed', async () => {
    exposed.close();
    void draft('nobody hears').catch(() => {});
    await settled();
    expect(drafts).toEqual([]);
  });

  it('keeps calls while there is no core, and asks them in their order of the next one', async () => {
    void connection.api.me();
    exposed.close();
    connection.attach(undefined);
    connection.tellVisible();
    const waiting = [draft('first'), draft('second')];
    await settled();
    expect(drafts).toEqual([]);
    const next = createWire();
    const asked: string[] = [];
    const nextApi = { ...fakeApi, me: async () => asked.push('me') as never } as CoreApi;
    exposeCore(nextApi, next.core, { onVisible: () => {} });
    connection.attach(next.page);
    await Promise.all(waiting);
    expect(drafts).toEqual(['first', 'second']);
    expect(asked).toEqual(['me']);
  });

  it('asks a call that the last core failed at its end, and hears no event of that core', async () => {
    const failing = createWire();
    let fail: (reason: Error) => void = () => {};
    const dying = { me: () => new Promise((_, reject) => (fail = reject)) } as unknown as CoreApi;
    const old = exposeCore(dying, failing.core, { onVisible: () => {} });
    connection.attach(failing.page);
    const answer = connection.api.me();
    await settled();
    connection.attach(wire.page);
    fail(new Error('the database is closed'));
    old.emit({ type: 'contacts', changed: [] });
    await settled();
    answerMe?.();
    await answer;
    expect(events).toEqual([]);
  });

  it('lets a second window use an account, not open one', async () => {
    const shared = createWire();
    let requests = 0;
    exposeCore(fakeApi, shared.core, { mayCall: isSharedMethod, onVisible: () => {} });
    const second = openCoreConnection(
      { setTimer: () => () => {}, newRequestId: () => `request-${(requests += 1)}` },
      () => {},
    );
    second.attach(shared.page);
    await expect(second.api.unlock({ vaultId: '00' as never, password: '' })).rejects.toMatchObject({
      reason: 'failed',
    });
    expect(await second.api.rpcVersion()).toBe(1);
  });

  it.each<[string, object]>([
    ['reads a property', { type: 'GET', path: ['request'] }],
    ['sets a property', { type: 'SET', path: ['request'], value: { type: 'RAW', value: 1 } }],
    ['climbs to a constructor', { type: 'APPLY', path: ['request', 'constructor'], argumentList: [] }],
    ['asks for another end', { type: 'ENDPOINT', path: [] }],
    ['hangs up for everybody', { type: 'RELEASE', path: [] }],
  ])('does not answer a page that %s', async (_, message) => {
    const heard: unknown[] = [];
    wire.page.addEventListener('message', ({ data }) => heard.push(data));
    wire.page.postMessage({ id: 'x', ...message });
    await settled();
    expect(heard).toEqual([]);
    expect(await connection.api.rpcVersion()).toBe(1);
  });

  it('refuses a method that is not one', async () => {
    const heard: unknown[] = [];
    wire.page.addEventListener('message', ({ data }) => heard.push(data));
    const argumentList = [{ type: 'RAW', value: { requestId: 'r', method: 'constructor', input: 'return 1' } }];
    wire.page.postMessage({ id: 'x', type: 'APPLY', path: ['request'], argumentList });
    await settled();
    expect(JSON.stringify(heard)).toContain('no such method');
  });
});
