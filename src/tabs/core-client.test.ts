import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { err, ok } from '../domain/result.ts';
import type { CoreApi, CoreEvent } from '../rpc/core-api.ts';
import type { AccountSummary } from '../rpc/dto.ts';
import { CoreCallError } from '../rpc/core-call-error.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import { createCoreClient, type WindowCoreClient } from './core-client.ts';
import type { JoinedCore } from './join-leader.ts';

const vaultId = 'aa' as VaultId;
const unlock = { vaultId, password: 'right' };
const account: AccountSummary = { vaultId, label: 'Ada', state: 'locked' };
const me = { accountId: 'bb', name: 'Ada', handle: undefined };

type FakeCore = JoinedCore & {
  hasEnded: boolean;
  askedToLock: number;
  readonly say: (event: CoreEvent) => void;
  readonly die: () => void;
};

describe('a window and its core', () => {
  let started: FakeCore[];
  let leader: FakeCore | undefined;
  let leaderAnswers: boolean;
  let saidEarly: CoreEvent[];
  let lockAsked: (() => void) | undefined;
  let client: WindowCoreClient;
  let events: CoreEvent[];
  let noted: readonly AccountSummary[] | undefined;

  const fakeCore = (onEvent: (event: CoreEvent) => void, die: () => void): FakeCore => {
    const core: FakeCore = {
      hasEnded: false,
      askedToLock: 0,
      connection: {
        api: coreApiOver(async (method, input) => {
          if (core.hasEnded) throw new CoreCallError('ended', method);
          if (method === 'me') return me;
          if (method === 'accounts') return [account];
          if (method === 'createAccount') return ok({ vaultId });
          const { password } = input as Parameters<CoreApi['unlock']>[0];
          return password === 'right' ? ok(me) : err({ tag: 'wrong-password' });
        }),
        tellVisible: () => {},
        end: () => {},
      },
      end: () => (core.hasEnded = true),
      askToLock: () => (core.askedToLock += 1),
      say: onEvent,
      die,
    };
    return core;
  };

  const createClient = (): WindowCoreClient =>
    createCoreClient({
      startCore: ({ onEvent, onDeath }) => {
        const core = fakeCore(onEvent, () => {
          core.end();
          onDeath();
        });
        started.push(core);
        return core;
      },
      joinLeader: async (_, { onEvent, onGone }) => {
        for (const event of saidEarly) onEvent(event);
        if (!leaderAnswers) return undefined;
        leader = fakeCore(onEvent, () => {
          leader?.end();
          onGone();
        });
        return leader;
      },
      onLockAsked: (_, lock) => {
        lockAsked = lock;
        return () => (lockAsked = undefined);
      },
      // Another window locks when it is asked to.
      remembered: {
        note: (accounts) => (noted = accounts),
        recall: async () => noted,
      },
      untilVaultFree: async () => {
        if (leader !== undefined && leader.askedToLock > 0) leader.die();
      },
    });

  beforeEach(() => {
    started = [];
    events = [];
    noted = undefined;
    leader = undefined;
    leaderAnswers = true;
    saidEarly = [];
    lockAsked = undefined;
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

  it('wipes the worker on lock and says so; the next account is opened in a fresh one', async () => {
    await client.api.unlock(unlock);
    await client.lock();
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

  it('leads: another window may ask it to lock', async () => {
    await client.api.unlock(unlock);
    lockAsked?.();
    expect(started[0]?.hasEnded).toBe(true);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
    expect(lockAsked).toBeUndefined();
  });

  it('does not interrupt what the unlock screen asks while the old worker goes away', async () => {
    await client.api.unlock(unlock);
    const asked: Promise<unknown>[] = [];
    client.onEvent(() => asked.push(client.api.me()));
    await client.lock();
    expect(await asked[0]).toEqual(me);
    expect(started.length).toBe(2);
  });

  it('joins another window and needs no worker of its own', async () => {
    expect(await client.joinOpenAccount(vaultId)).toBe(true);
    expect(await client.joinOpenAccount(vaultId)).toBe(true);
    expect(started[0]?.hasEnded).toBe(true);
    expect(await client.api.me()).toEqual(me);
    leader?.say({ type: 'contacts', changed: [] });
    expect(events).toEqual([{ type: 'contacts', changed: [] }]);
  });

  it('stays as it is when no window answers', async () => {
    leaderAnswers = false;
    expect(await client.joinOpenAccount(vaultId)).toBe(false);
    expect(started[0]?.hasEnded).toBe(false);
  });

  it('is locked when the window that it joined is closed', async () => {
    await client.joinOpenAccount(vaultId);
    leader?.die();
    expect(events).toEqual([{ type: 'locked', vaultId }]);
    await client.api.me();
    expect(started.length).toBe(2);
  });

  it('locks for all windows from a joined one, and is told once', async () => {
    await client.joinOpenAccount(vaultId);
    await client.lock();
    expect(leader?.askedToLock).toBe(1);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
  });

  it.each(['crash', 'locked by the core'])('is locked after a %s', async (how) => {
    await client.api.unlock(unlock);
    if (how === 'crash') started[0]?.die();
    else started[0]?.say({ type: 'locked', vaultId });
    expect(started[0]?.hasEnded).toBe(true);
    expect(events).toEqual([{ type: 'locked', vaultId }]);
    started[0]?.say({ type: 'contacts', changed: [] });
    expect(events.length).toBe(1);
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
  });
});
