import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { err, ok } from '../domain/result.ts';
import type { CoreApi, CoreEvent } from '../rpc/core-api.ts';
import type { AccountSummary } from '../rpc/dto.ts';
import { CoreCallError } from '../rpc/core-call-error.ts';
import type { CoreConnection } from '../rpc/core-connection.ts';
import type { MessageEndpoint, MessageListener, PageToCore } from '../rpc/core-messages.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { createCoreClient, type WindowCoreClient } from './core-client.ts';
import { TAKE_OVER_MS, WELCOME_MS, type JoinedCore } from './join-leader.ts';
import type { OwnCore } from './start-core.ts';
import type { Channel } from './vault-channel.ts';
import type { VaultNewsHandlers } from './vault-news.ts';

const vaultId = 'aa' as VaultId;
const unlock = { vaultId, password: 'right' };
const account: AccountSummary = { vaultId, label: 'Ada', state: 'locked' };
const me = { accountId: 'bb', name: 'Ada', handle: undefined };

type FakeCore = OwnCore & {
  hasEnded: boolean;
  readonly told: PageToCore[];
  readonly say: (event: CoreEvent) => void;
  readonly die: () => void;
  readonly lead: () => void;
  readonly failToLead: () => void;
};
type FakeLeader = JoinedCore & {
  hasEnded: boolean;
  readonly say: (event: CoreEvent) => void;
  readonly die: () => void;
};

describe('a window and its core', () => {
  let started: FakeCore[];
  let leader: FakeLeader | undefined;
  let leaderAnswers: boolean;
  let saidEarly: CoreEvent[];
  let news: VaultNewsHandlers | undefined;
  let said: string[];
  let client: WindowCoreClient;
  let events: CoreEvent[];
  let isListWhole: boolean;
  let noted: readonly AccountSummary[] | undefined;
  let isVisible: boolean;
  let hasStandBy: boolean;
  let locked: VaultId[];
  let openVaults: Promise<readonly VaultId[]>;
  let waits: number[];
  let timers: (() => void)[];
  let delays: number[];
  /** Where the newest connection's calls go. */
  let attached: unknown;

  const connect = (onEvent: (event: CoreEvent) => void): CoreConnection => {
    let endpoint: MessageEndpoint | undefined;
    let hasEnded = false;
    const listener = ({ data }: { readonly data: unknown }): void => onEvent(data as CoreEvent);
    return {
      api: coreApiOver(async (method, input) => {
        if (hasEnded || endpoint === undefined) throw new CoreCallError('ended', method);
        if (method === 'me') return me;
        if (method === 'accounts') return [account];
        if (method === 'isListWhole') return isListWhole;
        if (method === 'createAccount') return ok({ vaultId });
        const { password } = input as Parameters<CoreApi['unlock']>[0];
        return password === 'right' ? ok(me) : err({ tag: 'wrong-password' });
      }),
      tellVisible: () => {},
      attach: (next) => {
        endpoint?.removeEventListener('message', listener);
        endpoint = next;
        endpoint?.addEventListener('message', listener);
        attached = next;
      },
      end: () => (hasEnded = true),
    };
  };

  /** An endpoint whose far end says what a test has it say. */
  const fakeEndpoint = () => {
    const listeners = new Set<MessageListener>();
    const endpoint: Channel = {
      postMessage: () => {},
      addEventListener: (_, listener) => listeners.add(listener),
      removeEventListener: (_, listener) => listeners.delete(listener),
      close: () => {},
    };
    return { endpoint, say: (event: CoreEvent) => listeners.forEach((listener) => listener({ data: event })) };
  };

  const createClient = (): WindowCoreClient =>
    createCoreClient({
      connect,
      startCore: ({ onLeads, onNotLed, onDeath }) => {
        const core: FakeCore = {
          ...fakeEndpoint(),
          hasEnded: false,
          told: [],
          tell: (message) => core.told.push(message),
          end: () => (core.hasEnded = true),
          die: () => {
            core.hasEnded = true;
            onDeath();
          },
          lead: () => onLeads(vaultId),
          failToLead: () => onNotLed(vaultId, { tag: 'storage-taken' }),
        };
        started.push(core);
        return core;
      },
      joinLeader: async ({ limitMs }, { onEvent, onGone }) => {
        waits.push(limitMs);
        for (const event of saidEarly) onEvent(event);
        if (!leaderAnswers) return undefined;
        const joined: FakeLeader = {
          endpoint: fakeEndpoint().endpoint,
          hasEnded: false,
          end: () => (joined.hasEnded = true),
          say: onEvent,
          die: onGone,
        };
        leader = joined;
        return joined;
      },
      hearVault: (heard, handlers) => {
        news = handlers;
        return {
          tellLock: () => {
            // Were a worker ended first, its lock would be free before anybody has heard why.
            said.push(started.some(({ hasEnded }) => hasEnded) ? 'lock, too late' : 'lock');
            locked.push(heard);
          },
          tellPresence: (_, visible) => said.push(visible ? 'visible' : 'hidden'),
          tellLeave: () => said.push('left'),
          close: () => (news = undefined),
        };
      },
      remembered: {
        note: (accounts) => (noted = accounts),
        recall: async () => noted,
      },
      untilVaultFree: async () => undefined,
      openVaults: () => openVaults,
      hasStandBy: async () => hasStandBy,
      setTimer: (task, delayMs) => {
        timers.push(task);
        delays.push(delayMs);
        return () => void timers.splice(0, timers.length, ...timers.filter((other) => other !== task));
      },
      newId: () => 'w1',
      newMessageId: () => 'ab'.repeat(16) as never,
      isVisible: () => isVisible,
    });
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  const passTime = async () => {
    for (const task of timers.splice(0)) task();
    await settled();
  };
  const show = (visible: boolean) => {
    isVisible = visible;
    client.noteVisible();
  };

  beforeEach(() => {
    started = [];
    events = [];
    [noted, isListWhole] = [undefined, true];
    leader = undefined;
    leaderAnswers = true;
    saidEarly = [];
    [said, timers, delays, waits, isVisible, hasStandBy] = [[], [], [], [], true, true];
    [locked, openVaults] = [[], Promise.resolve([])];
    client = createClient();
    client.start();
    client.onEvent((event) => events.push(event));
  });

  it('starts its worker when it is told to or first asked, and only one', async () => {
    started = [];
    const told = createClient();
    expect(started.length).toBe(0);
    told.start();
    await told.api.me();
    expect(started.length).toBe(1);
    await createClient().api.me();
    expect(started.length).toBe(2);
  });

  it('remembers the accounts that its core has seen, for the next start', async () => {
    expect(await client.recallAccounts()).toBeUndefined();
    await client.api.accounts();
    expect(await client.recallAccounts()).toEqual([account]);
  });

  it('does not take a list in which accounts may be missing for the last one that was seen', async () => {
    isListWhole = false;
    await client.api.accounts();
    expect(await client.recallAccounts()).toBeUndefined();
  });

  it('wipes the worker on lock and says so; the next account is opened in a fresh one', async () => {
    await client.api.unlock(unlock);
    await client.lock();
    expect(said).toContain('lock');
    expect(started.map(({ hasEnded }) => hasEnded)).toEqual([true, false]);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
    expect((await client.api.unlock(unlock)).ok).toBe(true);
  });

  it('has nothing to lock before an account is open', async () => {
    await client.api.unlock({ vaultId, password: 'wrong' });
    await client.lock();
    expect(started.map(({ hasEnded }) => hasEnded)).toEqual([false]);
    expect(events).toEqual([]);
  });

  it('locks an account that was just made', async () => {
    await client.api.createAccount({ name: 'Ada', password: 'right', handle: undefined, showNameWhenLocked: false });
    await client.lock();
    expect(events).toEqual([{ type: 'locked', vaultId }]);
  });

  it('is locked by another window that says so', async () => {
    await client.api.unlock(unlock);
    news?.onLock();
    expect(started[0]?.hasEnded).toBe(true);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
    expect(news).toBeUndefined();
  });

  it('does not interrupt what the unlock screen asks while the old worker goes away', async () => {
    await client.api.unlock(unlock);
    const asked: Promise<unknown>[] = [];
    client.onEvent(() => asked.push(client.api.me()));
    await client.lock();
    expect(await asked[0]).toEqual(me);
    expect(started.length).toBe(2);
  });

  it('joins another window, and has its own worker stand by', async () => {
    expect(await client.joinOpenAccount(vaultId)).toBe(true);
    expect(await client.joinOpenAccount(vaultId)).toBe(true);
    expect(attached).toBe(leader?.endpoint);
    expect(started[0]?.hasEnded).toBe(false);
    expect(started[0]?.told).toContainEqual({ standBy: vaultId });
    expect(await client.api.me()).toEqual(me);
    leader?.say({ type: 'contacts', changed: [] });
    expect(events).toEqual([{ type: 'contacts', changed: [] }]);
  });

  it('stays as it is when no window answers', async () => {
    leaderAnswers = false;
    expect(await client.joinOpenAccount(vaultId)).toBe(false);
    expect(started[0]?.hasEnded).toBe(false);
    expect(news).toBeUndefined();
  });

  it('leads when the window that it joined is gone and its worker took over; nobody is asked for a password', async () => {
    await client.joinOpenAccount(vaultId);
    leaderAnswers = false;
    leader?.die();
    started[0]?.lead();
    await settled();
    expect(events).toEqual([
      { type: 'hand-over', state: 'begun' },
      { type: 'hand-over', state: 'done' },
    ]);
    expect(attached).toBe(started[0]?.endpoint);
    expect(started.length).toBe(1);
  });

  it('goes along with another window that took over', async () => {
    await client.joinOpenAccount(vaultId);
    const first = leader;
    first?.die();
    expect(attached).toBeUndefined();
    await settled();
    expect(leader).not.toBe(first);
    expect(attached).toBe(leader?.endpoint);
    expect(events.at(-1)).toEqual({ type: 'hand-over', state: 'done' });
  });

  it('waits longer for whoever takes over than for a window that it has not used yet', async () => {
    await client.joinOpenAccount(vaultId);
    leader?.die();
    expect(waits).toEqual([WELCOME_MS, TAKE_OVER_MS]);
  });

  it('is locked when the window that it joined is gone and nobody takes over', async () => {
    await client.joinOpenAccount(vaultId);
    leaderAnswers = false;
    leader?.die();
    await settled();
    expect(events.at(-1)).toEqual({ type: 'locked', vaultId });
    expect(started[0]?.hasEnded).toBe(true);
    await client.api.me();
    expect(started.length).toBe(2);
  });

  it('says why it is locked, when nobody takes over and its own worker could not', async () => {
    await client.joinOpenAccount(vaultId);
    leaderAnswers = false;
    leader?.die();
    started[0]?.failToLead();
    await settled();
    expect(events.at(-1)).toEqual({ type: 'locked', vaultId, reason: { tag: 'storage-taken' } });
  });

  it('does not come back to that after another window took over', async () => {
    await client.joinOpenAccount(vaultId);
    leader?.die();
    started[0]?.failToLead();
    await settled();
    expect(events.at(-1)).toEqual({ type: 'hand-over', state: 'done' });
    await client.lock();
    expect(events.at(-1)).toEqual({ type: 'locked', vaultId });
  });

  it('passes on why its core could not keep the account open', async () => {
    await client.api.unlock(unlock);
    started[0]?.say({ type: 'locked', vaultId, reason: { tag: 'database-missing' } });
    expect(events).toEqual([{ type: 'locked', vaultId, reason: { tag: 'database-missing' } }]);
  });

  it('locks all windows from a joined one, its own worker included', async () => {
    await client.joinOpenAccount(vaultId);
    await client.lock();
    expect(said).toContain('lock');
    expect(started[0]?.hasEnded).toBe(true);
    expect(leader?.hasEnded).toBe(true);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
  });

  it('begins no hand-over when the word to lock comes before the end of the leader', async () => {
    await client.joinOpenAccount(vaultId);
    const ending = leader;
    news?.onLock();
    ending?.die();
    await settled();
    expect(events).toEqual([{ type: 'locked', vaultId }]);
  });

  it.each([
    ['and another window takes over', false],
    ['and its own worker took over meanwhile', true],
  ])('is locked all the same when the end of the leader comes before the word, %s', async (_, tookOver) => {
    await client.joinOpenAccount(vaultId);
    leader?.die();
    if (tookOver) started[0]?.lead();
    news?.onLock();
    await settled();
    expect(events.at(-1)).toEqual({ type: 'locked', vaultId });
    expect(started.map(({ hasEnded }) => hasEnded)).toEqual([true]);
    expect(leader?.hasEnded).toBe(true);
    expect(news).toBeUndefined();
  });

  it('locks every account that is open in this browser, its own before anybody has said which those are', async () => {
    const other = 'cc' as VaultId;
    let answer: (vaultIds: readonly VaultId[]) => void = () => undefined;
    openVaults = new Promise((resolve) => (answer = resolve));
    await client.api.unlock(unlock);
    const isDone = client.lockAll();
    expect(started[0]?.hasEnded).toBe(true);
    expect(locked).toEqual([vaultId]);
    answer([vaultId, other]);
    await isDone;
    expect(locked).toEqual([vaultId, other]);
  });

  it('is locked at once by its core', async () => {
    await client.api.unlock(unlock);
    started[0]?.say({ type: 'locked', vaultId });
    expect(started[0]?.hasEnded).toBe(true);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
    started[0]?.say({ type: 'contacts', changed: [] });
    expect(events.length).toBe(1);
  });

  it('is locked after a crash where no other window is there', async () => {
    await client.api.unlock(unlock);
    leaderAnswers = false;
    started[0]?.die();
    await settled();
    expect(started[0]?.hasEnded).toBe(true);
    expect(events.at(-1)).toEqual({ type: 'locked', vaultId });
  });

  it('after a crash goes along with the window that takes over, and stands by with a fresh worker', async () => {
    await client.api.unlock(unlock);
    started[0]?.die();
    await settled();
    expect(attached).toBe(leader?.endpoint);
    expect(started[1]?.told).toContainEqual({ standBy: vaultId });
  });

  it('gives the lead away when it has not been seen for a second while another window is', async () => {
    await client.api.unlock(unlock);
    news?.onPresence('w2', true);
    show(false);
    await passTime();
    await settled();
    expect(started[0]?.hasEnded).toBe(true);
    expect(attached).toBe(leader?.endpoint);
  });

  it.each<[string, () => void]>([
    ['it is seen again', () => show(true)],
    ['the other one is not seen any more', () => news?.onPresence('w2', false)],
    ['the other one has left', () => news?.onPresence('w2', undefined)],
    ['the other one has crashed, and tells nothing to whoever leads now', () => news?.onLeading()],
    ['no worker stands by', () => (hasStandBy = false)],
  ])('keeps the lead when %s', async (_, happen) => {
    await client.api.unlock(unlock);
    news?.onPresence('w2', true);
    show(false);
    happen();
    await passTime();
    await settled();
    expect(started[0]?.hasEnded).toBe(false);
    expect(attached).toBe(started[0]?.endpoint);
  });

  it('tells its worker, which stands by, that another window should rather lead', async () => {
    await client.joinOpenAccount(vaultId);
    news?.onPresence('w2', true);
    expect(started[0]?.told.at(-1)).toEqual({ isBetterLed: false });
    show(false);
    expect(started[0]?.told.at(-1)).toEqual({ isBetterLed: true });
    expect(said.at(-1)).toBe('hidden');
  });

  it.each<[string, () => void]>([
    ['is closed', () => client.leave()],
    ['is locked', () => news?.onLock()],
    ['locks', () => void client.lock()],
  ])('that leads and %s does not count as a window any more', async (_, happen) => {
    await client.api.unlock(unlock);
    happen();
    expect(said.at(-1)).toBe('left');
  });

  it('that stands by takes its turn when the window that was seen has crashed', async () => {
    await client.joinOpenAccount(vaultId);
    news?.onPresence('w2', true);
    show(false);
    news?.onLeading();
    expect(started[0]?.told.at(-1)).toEqual({ isBetterLed: false });
  });

  it('says whether it is seen to whoever takes over', async () => {
    await client.joinOpenAccount(vaultId);
    said = [];
    news?.onLeading();
    expect(said).toEqual(['visible']);
  });

  it('holds nothing while the browser has stopped it, and comes back to where the account is open', async () => {
    await client.joinOpenAccount(vaultId);
    client.freeze();
    expect([started[0]?.hasEnded, leader?.hasEnded]).toEqual([true, true]);
    expect(events).toEqual([]);
    client.thaw();
    await settled();
    expect(attached).toBe(leader?.endpoint);
    expect(started[1]?.told).toContainEqual({ standBy: vaultId });
  });

  it('stays open when it is stopped and alone', async () => {
    await client.api.unlock(unlock);
    client.freeze();
    expect(started[0]?.hasEnded).toBe(false);
  });

  it('gives its files back when it is stopped and somebody stands by', async () => {
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    await settled();
    client.freeze();
    expect(started[0]?.hasEnded).toBe(true);
  });

  it('gives its files back when it is stopped at once, before it knows that somebody stands by', async () => {
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    client.freeze();
    await settled();
    expect(started[0]?.hasEnded).toBe(true);
  });

  it('does not give up what it goes on with already', async () => {
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    client.freeze();
    client.thaw();
    await settled();
    expect(started[0]?.hasEnded).toBe(false);
  });

  it('knows nothing of who stood by when it led before', async () => {
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    await settled();
    await client.lock();
    hasStandBy = false;
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    client.freeze();
    await settled();
    expect(started[1]?.hasEnded).toBe(false);
  });

  it('learns of a worker that is ready later than its window was there', async () => {
    hasStandBy = false;
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    await settled();
    await passTime();
    hasStandBy = true;
    await passTime();
    client.freeze();
    expect(started[0]?.hasEnded).toBe(true);
  });

  it('gives the lead to a window that is seen, also where its worker is ready only later', async () => {
    hasStandBy = false;
    await client.api.unlock(unlock);
    news?.onPresence('w2', true);
    show(false);
    await settled();
    await passTime();
    expect(started[0]?.hasEnded).toBe(false);
    hasStandBy = true;
    await passTime();
    await passTime();
    expect(started[0]?.hasEnded).toBe(true);
  });

  it('looks for somebody who stands by as long as there are other windows, and ever more rarely', async () => {
    hasStandBy = false;
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    await settled();
    for (let count = 0; count < 8; count += 1) await passTime();
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    news?.onPresence('w2', undefined);
    await passTime();
    expect(timers).toEqual([]);
  });

  it('stays open when it is stopped and nobody could take over: what lives in its memory lives nowhere else', async () => {
    hasStandBy = false;
    await client.api.unlock(unlock);
    news?.onPresence('w2', false);
    await settled();
    client.freeze();
    expect(started[0]?.hasEnded).toBe(false);
  });

  it('does not start worker after worker when the first does not load', () => {
    started[0]?.die();
    expect(started.length).toBe(1);
    expect(events).toEqual([]);
  });

  it('locks when the window goes away', async () => {
    await client.api.unlock(unlock);
    client.leave();
    expect(started[0]?.hasEnded).toBe(true);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
  });

  it('hears what the leader says while it is being joined, in order and after it', async () => {
    saidEarly = [
      { type: 'contacts', changed: [] },
      { type: 'conversations', changed: [] },
    ];
    expect(await client.joinOpenAccount(vaultId)).toBe(true);
    expect(events).toEqual(saidEarly);
  });

  it('hears nothing of a leader that it could not join, and keeps its own worker', async () => {
    saidEarly = [{ type: 'locked', vaultId }];
    leaderAnswers = false;
    expect(await client.joinOpenAccount(vaultId)).toBe(false);
    expect(events).toEqual([]);
    expect(started.map(({ hasEnded }) => hasEnded)).toEqual([false]);
  });

  it('has not joined an account that was locked meanwhile', async () => {
    saidEarly = [{ type: 'locked', vaultId }];
    expect(await client.joinOpenAccount(vaultId)).toBe(false);
    expect(leader?.hasEnded).toBe(true);
  });
});
