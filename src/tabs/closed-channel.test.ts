import { beforeEach, describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { coreApiOver } from '../rpc/core-methods.ts';
import type { MessageListener } from '../rpc/core-messages.ts';
import { joinLeader } from './join-leader.ts';
import { serveWindows } from './serve-windows.ts';
import { vaultChannelName, windowChannelName, type Channel } from './vault-channel.ts';

const vaultId = 'aa' as VaultId;

/** Channels that throw after their end, as the browser's do; and what was said after it. */
const createAir = () => {
  const ends = new Map<string, Set<Set<MessageListener>>>();
  const saidTooLate: unknown[] = [];
  const open = (name: string): Channel => {
    const mine = new Set<MessageListener>();
    const all = ends.get(name) ?? new Set();
    ends.set(name, all.add(mine));
    let isClosed = false;
    return {
      postMessage: (data) => {
        if (isClosed) {
          saidTooLate.push(data);
          throw new DOMException('Channel is closed', 'InvalidStateError');
        }
        for (const end of all) if (end !== mine) for (const listener of [...end]) listener({ data });
      },
      addEventListener: (_, listener) => mine.add(listener),
      removeEventListener: (_, listener) => mine.delete(listener),
      close: () => {
        isClosed = true;
        all.delete(mine);
      },
    };
  };
  return { open, saidTooLate };
};

/** Locks that are free at once, or never. */
const locksThat = (isFree: boolean) =>
  ({
    request: async (_: string, ...rest: readonly unknown[]) => {
      const taken = (rest.at(-1) as () => unknown)();
      await (isFree ? undefined : taken);
    },
  }) as unknown as LockManager;

describe('nothing is said on a channel after its end', () => {
  let air: ReturnType<typeof createAir>;
  beforeEach(() => {
    air = createAir();
  });

  it('when a call is answered after its window left', async () => {
    let answer: (value: unknown) => void = () => undefined;
    const api = coreApiOver(() => new Promise((resolve) => (answer = resolve)));
    await serveWindows(
      { api, openChannel: air.open, locks: locksThat(false), onVisible: () => {}, resumeKey: () => undefined },
      vaultId,
    );
    const everybody = air.open(vaultChannelName(vaultId));
    everybody.postMessage({ join: 'w' });
    const request = { requestId: 'r', method: 'me', input: undefined };
    air.open(windowChannelName(vaultId, 'w')).postMessage({
      id: '1',
      type: 'APPLY',
      path: ['request'],
      argumentList: [{ type: 'RAW', value: request }],
    });
    everybody.postMessage({ leave: 'w' });
    answer({ name: 'Ada' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(air.saidTooLate).toEqual([]);
  });

  it('when a window goes on talking to a leader that is gone', async () => {
    const leader = air.open(vaultChannelName(vaultId));
    leader.addEventListener('message', ({ data }) => {
      const { join } = data as { readonly join?: string };
      if (join !== undefined) leader.postMessage({ welcome: join, rpcVersion: 1 });
    });
    let isGone: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (isGone = resolve));
    const joined = await joinLeader(
      { openChannel: air.open, locks: locksThat(true), setTimer: () => () => undefined },
      { vaultId, windowId: 'w', signal: new AbortController().signal, limitMs: 5_000 },
      { onEvent: () => undefined, onGone: isGone },
    );
    await gone;
    joined?.endpoint.postMessage({ signal: 'visible' });
    joined?.end();
    expect(air.saidTooLate).toEqual([]);
  });
});
