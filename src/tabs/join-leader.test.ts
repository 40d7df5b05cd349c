import { beforeEach, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { RPC_VERSION } from '../rpc/core-api.ts';
import { joinLeader, TAKE_OVER_MS, WELCOME_MS } from './join-leader.ts';
import type { AnyVaultMessage } from './vault-channel.ts';

type Listener = (event: { readonly data: unknown }) => void;
type Timer = { readonly task: () => void; readonly dueMs: number };

const vaultId = 'aa' as VaultId;
let posted: AnyVaultMessage[];
let timers: Set<Timer>;
let listeners: Listener[];
let nowMs: number;
let isFree: boolean;
let letGo: () => void;
let givesUp: AbortController;

beforeEach(() => {
  [posted, timers, listeners, nowMs] = [[], new Set(), [], 0];
  isFree = false;
  givesUp = new AbortController();
});

const say = (data: unknown): void => listeners.forEach((listener) => listener({ data }));
const pass = async (ms: number): Promise<void> => {
  const endMs = nowMs + ms;
  for (;;) {
    const next = [...timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
    if (next === undefined) break;
    timers.delete(next);
    nowMs = next.dueMs;
    next.task();
  }
  nowMs = endMs;
  await Promise.resolve();
};
const join = (limitMs = WELCOME_MS) =>
  joinLeader(
    {
      openChannel: () => ({
        postMessage: (message: unknown) => void posted.push(message as AnyVaultMessage),
        addEventListener: (_: string, listener: Listener) => void listeners.push(listener),
        removeEventListener: () => undefined,
        close: () => undefined,
      }),
      locks: {
        request: (...args: unknown[]) =>
          isFree ? (args.at(-1) as () => void)() : new Promise((resolve) => (letGo = () => resolve(undefined))),
      } as never,
      setTimer: (task, delayMs) => {
        const timer = { task, dueMs: nowMs + delayMs };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    },
    { vaultId, windowId: 'w1', signal: givesUp.signal, limitMs },
    { onEvent: () => undefined, onGone: () => undefined },
  );
const joins = (): number => posted.filter((message) => message.join !== undefined).length;

it('a window that asks while the leader still stretches its password is welcomed when it listens', async () => {
  const joining = join();
  await pass(1_000);
  expect(joins()).toBeGreaterThan(1);
  say({ welcome: 'w1', rpcVersion: RPC_VERSION });
  const asked = joins();
  await pass(10_000);
  expect(await joining).toBeDefined();
  expect(joins()).toBe(asked);
});

it('a window that nobody answers gives up, and asks no more', async () => {
  const joining = join();
  await pass(20_000);
  expect(await joining).toBeUndefined();
  const asked = joins();
  expect(posted.at(-1)).toEqual({ leave: 'w1' });
  await pass(20_000);
  expect(joins()).toBe(asked);
});

it('a window whose account is being handed over waits while whoever takes over still opens it', async () => {
  const joining = join(TAKE_OVER_MS);
  await pass(25_000);
  say({ leading: true });
  say({ welcome: 'w1', rpcVersion: RPC_VERSION });
  expect(await joining).toBeDefined();
});

it('a window gives up when whoever takes over failed, or never comes to an end', async () => {
  const joining = join(TAKE_OVER_MS);
  await pass(6_000);
  letGo();
  expect(await joining).toBeUndefined();
  const hanging = join(TAKE_OVER_MS);
  await pass(TAKE_OVER_MS);
  expect(await hanging).toBeUndefined();
});

it('a window hears at once that nobody has the account open, or is about to', async () => {
  isFree = true;
  expect(await join()).toBeUndefined();
  expect(nowMs).toBe(0);
});

it('a window asks the moment that somebody takes over, not a quarter of a second later', async () => {
  const joining = join();
  const asked = joins();
  say({ leading: true });
  expect(joins()).toBe(asked + 1);
  say({ welcome: 'w1', rpcVersion: RPC_VERSION });
  expect(await joining).toBeDefined();
  say({ leading: true });
  expect(joins()).toBe(asked + 1);
});

it('a window that is told to stop looking stops', async () => {
  const joining = join();
  givesUp.abort();
  expect(await joining).toBeUndefined();
  const asked = joins();
  await pass(20_000);
  expect(joins()).toBe(asked);
});
