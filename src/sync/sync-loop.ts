/**
 * When turns run: after something was stored, when the relay wakes us, when the network or a window comes back, and
 * every few minutes besides. Each of these is a hint that may be lost; the timer is what makes it certain.
 */
import type { SetTimer } from '../domain/ports.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { backoffMs, boundAskedMs, drawFraction, type BackoffOptions } from './backoff.ts';
import { createLogin, greetRelay, type SessionFailure } from './session.ts';
import type { RelayPort, RelaySocket } from './transport.ts';
import type { TurnFailure, Turns } from './turn.ts';
import type { TurnQueue } from './turn-queue.ts';
import { err, ok, type Result } from '../domain/result.ts';

/** Why nothing goes out although there is a network: each is said on screen. */
export type SyncProblem =
  | 'store-is-old'
  | 'device-removed'
  | 'relay-restored'
  | 'relay-changed'
  | 'relay-refuses'
  | 'storage-full'
  | 'storage-lost'
  /** The relay takes nothing for some conversation now; all others go on. */
  | 'conversation-held';

export type SyncState = {
  readonly connection: 'online' | 'connecting' | 'offline';
  readonly problem: SyncProblem | undefined;
};

export type SyncLoopDeps = {
  readonly relay: RelayPort;
  readonly random: RandomBytes;
  readonly setTimer: SetTimer;
  readonly turns: Turns;
  readonly queue: TurnQueue;
  readonly connectivity: {
    isOnline(): boolean;
    subscribe(listener: (signal: 'online' | 'offline' | 'visible') => void): () => void;
  };
  readonly onState: (state: SyncState) => void;
};

export interface SyncLoop {
  state(): SyncState;
  /** Something wants to go out, or may have come in. */
  poke(): void;
  /** Ends it; resolves when no turn is running any more. */
  stop(): Promise<void>;
}

/** With a socket, in case a wake was lost; without one, instead of it. */
const POLL_MS = { withSocket: 5 * 60_000, withoutSocket: 30_000 } as const;

/**
 * Somebody who has just become a new device is in the directory a moment before its key packages are. Some minutes of
 * asking; who has none by then is away, and asked at each turn that comes anyway. The relay gives 60 in an hour.
 */
const OPENING_BACKOFF: BackoffOptions = { firstMs: 1_000, maxMs: 20_000 };
const OPENING_TRIES = 16;

/** Whoever has just opened the account waits for what is here already; what is at the relay comes right after. */
const START_DELAY_MS = 150;

export const startSyncLoop = (deps: SyncLoopDeps): SyncLoop => {
  let state: SyncState = { connection: deps.connectivity.isOnline() ? 'connecting' : 'offline', problem: undefined };
  let socket: RelaySocket | undefined;
  let isRunning = false;
  let isWanted = false;
  let isStopped = false;
  let failures = 0;
  let unopened = { count: 0, tries: 0 };
  let cancelTimer = (): void => undefined;
  const unsubscribe = deps.connectivity.subscribe((signal) => {
    if (signal === 'offline') return setState({ ...state, connection: 'offline' });
    failures = 0;
    // Said when there is news, not at each try: offline is normal, and does not flicker.
    if (state.connection === 'offline' && deps.connectivity.isOnline()) {
      setState({ ...state, connection: 'connecting' });
    }
    poke();
  });
  schedule(START_DELAY_MS);
  return { state: () => state, poke, stop };

  function poke(): void {
    isWanted = true;
    if (isRunning || isStopped || isFinal(state.problem)) return;
    isRunning = true;
    void deps.queue.run(runWanted).finally(() => {
      isRunning = false;
      if (isWanted) poke();
    });
  }

  function stopped(): boolean {
    return isStopped;
  }

  /** One turn. What is wanted meanwhile gets one of its own, behind whatever else waits in the queue. */
  async function runWanted(): Promise<void> {
    if (isStopped) return;
    cancelTimer();
    isWanted = false;
    const turned = await deps.turns.run();
    if (stopped()) return;
    if (!turned.ok) return afterFailure(turned.error);
    const { held, isFinished, unopenedCount } = turned.value;
    // The next turn waits behind what people do meanwhile.
    if (!isFinished) isWanted = true;
    failures = 0;
    setState({ connection: 'online', problem: held?.isTold ? 'conversation-held' : undefined });
    openSocket();
    const pollMs = socket === undefined ? POLL_MS.withoutSocket : POLL_MS.withSocket;
    schedule(Math.min(pollMs, held?.resumeInMs ?? pollMs, nextOpeningMs(unopenedCount) ?? pollMs));
  }

  /** Undefined where none waits, or all were asked for often enough. */
  function nextOpeningMs(count: number): number | undefined {
    unopened = { count, tries: count > unopened.count ? 1 : unopened.tries + 1 };
    if (count === 0 || unopened.tries > OPENING_TRIES) return undefined;
    return backoffMs(unopened.tries, drawFraction(deps.random), OPENING_BACKOFF);
  }

  function afterFailure(failure: TurnFailure): void {
    const problem = toProblem(failure);
    setState({ connection: failure.tag === 'offline' ? 'offline' : 'connecting', problem });
    if (isFinal(problem)) return closeSocket();
    failures += 1;
    const wantedMs = failure.tag === 'refused' ? boundAskedMs(failure.error.retryAfterMs ?? 0) : 0;
    schedule(Math.max(wantedMs, backoffMs(failures, drawFraction(deps.random))));
  }

  function schedule(delayMs: number): void {
    cancelTimer();
    if (!isStopped) cancelTimer = deps.setTimer(poke, delayMs);
  }

  function openSocket(): void {
    if (socket !== undefined || isStopped) return;
    const opened = deps.relay.openSocket({
      onOpen: () => {
        void logInOver(opened).then((answer) => {
          if (!answer.ok || socket !== opened) return opened.close();
          deps.turns.useSocket(opened);
          poke();
        });
      },
      onWake: poke,
      onClose: () => {
        if (socket !== opened) return;
        socket = undefined;
        deps.turns.useSocket(undefined);
        failures += 1;
        schedule(backoffMs(failures, drawFraction(deps.random)));
      },
    });
    socket = opened;
  }

  async function logInOver(opened: RelaySocket): Promise<Result<void, SessionFailure>> {
    const login = deps.turns.login();
    const hello = await greetRelay(opened);
    if (!hello.ok) return hello;
    if (login?.relayId !== hello.value.relayId) return err({ tag: 'relay-changed' });
    const answer = await opened.call('login', await createLogin(hello.value, login, deps.random(32)));
    return answer.ok ? ok(undefined) : answer;
  }

  function closeSocket(): void {
    const closing = socket;
    socket = undefined;
    deps.turns.useSocket(undefined);
    closing?.close();
  }

  function setState(next: SyncState): void {
    if (next.connection === state.connection && next.problem === state.problem) return;
    state = next;
    deps.onState(next);
  }

  async function stop(): Promise<void> {
    isStopped = true;
    isWanted = false;
    unsubscribe();
    cancelTimer();
    closeSocket();
    await deps.queue.run(() => Promise.resolve());
  }
};

/** Nothing that this device does would change it. */
const isFinal = (problem: SyncProblem | undefined): boolean =>
  problem === 'store-is-old' || problem === 'device-removed';

const toProblem = (failure: TurnFailure): SyncProblem | undefined => {
  switch (failure.tag) {
    case 'offline':
      return undefined;
    case 'store-is-old':
    case 'device-removed':
    case 'relay-restored':
    case 'relay-changed':
    case 'storage-full':
    case 'storage-lost':
      return failure.tag;
    case 'refused':
      return ['tooMany', 'internal', 'notLoggedIn'].includes(failure.error.code) ? undefined : 'relay-refuses';
  }
};
