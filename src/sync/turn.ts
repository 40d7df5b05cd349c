/**
 * One turn of sync: log in, then rounds of {fetch, take in and seal, make durable, checkpoint, publish, acknowledge,
 * send} until nothing is left. The order of the durable steps is the contract (docs/protocol/sync.md, "Order of a round"): nothing
 * is acknowledged, confirmed or sent before what it speaks of is durable here.
 */
import { bytesToHex } from '../domain/ids.ts';
import { LIMITS } from '../domain/limits.ts';
import type { Clock, RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { isOtherIncarnation, judgeCheckpoint, type CheckpointValue } from './checkpoint.ts';
import { withSignedOrder } from './check-rows.ts';
import { createDepositId } from './deposit-id.ts';
import { sendDispatches } from './dispatch.ts';
import { nextCursor } from './inbox.ts';
import { refusalToEvent } from './outbox.ts';
import type { BurnCause, HeldGroups, Registration, Renewal, StoreFailure, SyncStep, SyncStore } from './ports.ts';
import { receiveItems } from './receive.ts';
import {
  greetRelay,
  openSession,
  type DeviceLogin,
  type Hello,
  type RelaySession,
  type SessionFailure,
} from './session.ts';
import type { RelayFailure, RelayPort, RelaySocket } from './transport.ts';

export type TurnFailure =
  | SessionFailure
  | StoreFailure
  /** This store is an old copy, or one of two, and cannot come back: nothing leaves it (docs/protocol/sync.md). */
  | { readonly tag: 'store-is-old' }
  /** The account's chain names this device no more: another copy took its place. */
  | { readonly tag: 'device-removed' }
  /** The relay was put back from a backup and lost what came after, and this device cannot come back just now. */
  | { readonly tag: 'relay-restored' };

export type TurnDeps = {
  readonly relay: RelayPort;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly store: SyncStore;
  readonly registration: Registration;
  readonly renewal: Renewal;
};

export type TurnEnd = {
  /** False where there is more than belongs into one turn. */
  readonly isFinished: boolean;
  readonly held: HeldGroups | undefined;
  /** Conversations that wait for the other side's key packages; a turn asks for them once. */
  readonly unopenedCount: number;
};

export interface Turns {
  /** Runs one turn. Not to be called again before it has ended. */
  run(): Promise<Result<TurnEnd, TurnFailure>>;
  /** Logs in if need be, for a use case that has to ask the relay something now. */
  session(): Promise<Result<RelaySession, TurnFailure>>;
  /** What a socket logs in with; undefined before the first session. */
  login(): DeviceLogin | undefined;
  /** A socket that is logged in carries the named calls from now on; the relay wakes those who fetch over theirs. */
  useSocket(socket: RelaySocket | undefined): void;
}

/** What is sealed in one transaction: small enough that the first message leaves before the last is sealed. */
const SEAL_LIMIT = 64;
const CHECKPOINT_BYTES = 32;
const REFILL_EVERY_MS = 10 * 60_000;
/** Other things that a person does wait for the turn to end, however much a relay says there is. */
const ROUNDS_PER_TURN = 64;
/** In a row, each of them sealed anew. More is no race between members, but a relay that does not mean it. */
const OUTDATED_ROUNDS = 3;

export const createTurns = (deps: TurnDeps): Turns => {
  const { store, registration, renewal } = deps;
  let current: { readonly session: RelaySession; readonly login: DeviceLogin } | undefined;
  /** The pending checkpoint that the relay is known to hold; after a start, unknown. */
  let standing: CheckpointValue | undefined;
  let isReconciled = false;
  let socket: RelaySocket | undefined;
  let refilledMs = -Infinity;
  /** What the relay has too few of: the next round makes them. */
  let missingKeyPackages = 0;

  return { run, session, login: () => current?.login, useSocket: (opened) => void (socket = opened) };

  /** Whoever asks for a session wants to say something: not from an old store, nor from one that the relay forgot. */
  async function session(): Promise<Result<RelaySession, TurnFailure>> {
    const opened = await comparedSession();
    const cause = opened.ok ? undefined : causeToBurn(opened.error);
    return cause === undefined ? opened : renew(cause);
  }

  async function comparedSession(): Promise<Result<RelaySession, TurnFailure>> {
    const opened = await logIn();
    if (!opened.ok) return opened;
    const reconciled = await reconcileCheckpoint(opened.value);
    return reconciled.ok ? opened : reconciled;
  }

  /** What could be sealed with goes, and this store comes back as a new device. */
  async function renew(cause: BurnCause): Promise<Result<RelaySession, TurnFailure>> {
    const burnt = await renewal.burn(cause);
    if (!burnt.ok) return burnt;
    forgetSession();
    return comparedSession();
  }

  /** Whoever was logged in is somebody else from now on. */
  function forgetSession(): void {
    current = undefined;
    socket?.close();
    socket = undefined;
    [isReconciled, standing] = [false, undefined];
    [refilledMs, missingKeyPackages] = [-Infinity, 0];
  }

  async function logIn(): Promise<Result<RelaySession, TurnFailure>> {
    if (current !== undefined && !current.session.isOver()) return ok(current.session);
    const hello = await greetRelay(deps.relay);
    if (!hello.ok) return hello;
    let prepared = await registration.prepare(hello.value);
    if (prepared.ok && renewal.isDue()) {
      const back = await renewal.comeBack(deps.relay);
      if (!back.ok) return back;
      forgetSession();
      prepared = await registration.prepare(hello.value);
    }
    if (!prepared.ok) return prepared;
    const { login, entry } = prepared.value;
    const openWith = (greeting: Hello) => openSession({ ...deps, socket: () => socket }, greeting, login);
    if (entry !== undefined) {
      const registered = await register(entry, async () => (await openWith(hello.value)).ok);
      if (!registered.ok) return registered;
    }
    const opened = await openWith(hello.value);
    const session = opened.ok ? opened : await logInUnknown(opened.error, openWith);
    if (session.ok) current = { session: session.value, login };
    return session;
  }

  /** A relay that knows no such mailbox may have lost it, may never have had it, or may only say so. */
  async function logInUnknown(
    failure: SessionFailure,
    openWith: (hello: Hello) => ReturnType<typeof openSession>,
  ): Promise<Result<RelaySession, TurnFailure>> {
    if (failure.tag !== 'refused' || failure.error.code !== 'notFound') return err(failure);
    const introduced = await renewal.introduceAgain(deps.relay);
    if (!introduced.ok) return introduced;
    // The nonce of the first one is spent.
    const hello = await greetRelay(deps.relay);
    return hello.ok ? openWith(hello.value) : hello;
  }

  /**
   * A repeated registration of the same entry is a success, so a lost answer does no harm. Another entry with our keys
   * stands there only where another copy of this store, from before its first turn, has had its own.
   */
  async function register(
    entry: Uint8Array<ArrayBuffer>,
    isKnownThere: () => Promise<boolean>,
  ): Promise<Result<void, TurnFailure>> {
    const answer = await deps.relay.call('register', { entry });
    if (answer.ok) return registration.registered();
    const isRefused = answer.error.tag === 'refused' && answer.error.error.code === 'forbidden';
    return isRefused && (await isKnownThere()) ? err({ tag: 'store-is-old' }) : answer;
  }

  /** A clone may be found in the middle of a turn, and so may a relay that was put back. */
  async function run(): Promise<Result<TurnEnd, TurnFailure>> {
    // A socket ends when the relay goes away; without one, nobody tells that it did, and was put back.
    if (socket === undefined) isReconciled = false;
    const turned = await runRounds(await session());
    const cause = turned.ok ? undefined : causeToBurn(turned.error);
    return cause === undefined ? turned : runRounds(await renew(cause));
  }

  async function runRounds(opened: Result<RelaySession, TurnFailure>): Promise<Result<TurnEnd, TurnFailure>> {
    if (!opened.ok) return opened;
    let relay = opened.value;
    let outdatedRounds = 0;
    let isUnfinished = true;
    for (let rounds = 0; rounds < ROUNDS_PER_TURN; rounds += 1) {
      const round = await runRound(relay, isUnfinished);
      if (!round.ok) return round;
      isUnfinished &&= missingKeyPackages > 0;
      if (round.value === 'finished') return ok(endOfTurn(true));
      outdatedRounds = round.value === 'more' ? 0 : outdatedRounds + 1;
      if (round.value === 'more') continue;
      if (outdatedRounds >= OUTDATED_ROUNDS) return err(round.value);
      // Its clock may have been put right since we asked: deposit ids name its day.
      current = undefined;
      const reopened = await session();
      if (!reopened.ok) return reopened;
      relay = reopened.value;
    }
    return ok(endOfTurn(false));
  }

  function endOfTurn(isFinished: boolean): TurnEnd {
    return { isFinished, held: store.heldUp(), unopenedCount: store.unopenedCount() };
  }

  /** A failure as a value: all that came of the round is that something was outdated and has to be sealed anew. */
  async function runRound(
    relay: RelaySession,
    isUnfinished: boolean,
  ): Promise<Result<'finished' | 'more' | RelayFailure, TurnFailure>> {
    const after = store.cursor();
    const page = await relay.call('fetch', { after, limit: LIMITS.fetchItems });
    if (!page.ok) return page;

    const items = await withSignedOrder(relay.hello.relayKey, page.value.items);
    const step = store.begin();
    const acknowledgements = await receiveItems(step, items);
    const cursor = nextCursor(page.value.items, after);
    if (cursor !== undefined) step.setCursor(cursor);
    const sealedCount = await step.sealDue(
      relayTime(relay),
      () => createDepositId(relay.relayDay(), deps.random),
      SEAL_LIMIT,
    );
    const isRefill = missingKeyPackages > 0;
    if (isRefill) await step.makeKeyPackages(missingKeyPackages);
    const staged = await saveWithCheckpoint(step);
    if (!staged.ok) return staged;
    missingKeyPackages = 0;

    const moved = await moveCheckpoint(relay);
    if (!moved.ok) return moved;
    const published = await publishKeyPackages(relay, isRefill);
    if (!published.ok) return published;
    // Whoever is found by their handle can be written to: key packages come first.
    if (isUnfinished && missingKeyPackages === 0) await registration.finish(relay);
    if (acknowledgements.length > 0) {
      const acknowledged = await relay.call('acknowledge', { items: acknowledgements });
      if (!acknowledged.ok) return acknowledged;
    }
    const sent = await sendSealed(relay);
    if (!sent.ok) return sent;
    if (sent.value !== undefined && cursor === undefined) return ok(sent.value);
    const hasMore = page.value.more && cursor !== undefined;
    return ok(hasMore || sealedCount > 0 || missingKeyPackages > 0 || store.hasDue() ? 'more' : 'finished');
  }

  /** Answers what was outdated, if nothing else was answered. */
  async function sendSealed(relay: RelaySession): Promise<Result<RelayFailure | undefined, TurnFailure>> {
    const dispatches = store.unanswered();
    if (dispatches.length === 0) return ok(undefined);
    const { answered, heldUp, stopped } = await sendDispatches(relay, dispatches);
    if (answered.length + heldUp.length > 0) {
      const step = store.begin();
      for (const { dispatch, answer } of answered) step.answer(dispatch, answer);
      for (const { dispatch, askedMs } of heldUp) step.holdUp(dispatch, askedMs);
      const saved = await step.save();
      if (!saved.ok) return saved;
    }
    if (stopped !== undefined) return err(stopped);
    const failures = answered.flatMap(({ answer }) => (answer.ok ? [] : [answer.error]));
    return ok(failures.length < answered.length ? undefined : failures.find(isOutdated));
  }

  /** The pending value of the turn before is confirmed in the same transaction that names the next one. */
  async function saveWithCheckpoint(step: SyncStep): Promise<Result<void, TurnFailure>> {
    step.stageCheckpoint(deps.random(CHECKPOINT_BYTES));
    standing = undefined;
    return step.save();
  }

  /** Compare-and-set at the relay, before anything that was sealed with it is sent. */
  async function moveCheckpoint(relay: RelaySession): Promise<Result<void, TurnFailure>> {
    const { confirmed, pending } = store.checkpoint();
    if (pending === undefined) return ok(undefined);
    const answer = await relay.call('checkpoint', { ...(confirmed && { expected: confirmed }), next: pending });
    if (!answer.ok) return answer;
    const { value, incarnation } = answer.value;
    const isTaken = value !== undefined && bytesToHex(value) === bytesToHex(pending);
    if (isOtherIncarnation(store.incarnation(), incarnation)) {
      // Also where it took it: what was sent before may be lost.
      const isOurs = isTaken || value === undefined || store.isInCheckpointRing(value);
      return err({ tag: isOurs ? 'relay-restored' : 'store-is-old' });
    }
    if (!isTaken) return err({ tag: 'store-is-old' });
    standing = pending;
    return ok(undefined);
  }

  /** At start, and after a turn that ended between naming a checkpoint and moving it. */
  async function reconcileCheckpoint(relay: RelaySession): Promise<Result<void, TurnFailure>> {
    const checkpoint = store.checkpoint();
    const { pending } = checkpoint;
    const stands = pending === undefined || (standing !== undefined && bytesToHex(standing) === bytesToHex(pending));
    if (isReconciled && stands) return ok(undefined);
    const answer = await relay.call('checkpoint', {});
    if (!answer.ok) return answer;
    const { value, incarnation } = answer.value;
    const known = store.incarnation();
    const isNewIncarnation = isOtherIncarnation(known, incarnation);
    const isInRing = value !== undefined && store.isInCheckpointRing(value);
    const verdict = judgeCheckpoint(checkpoint, value, isInRing, isNewIncarnation);
    if (verdict === 'store-is-old' || verdict === 'relay-restored') return err({ tag: verdict });
    isReconciled = true;
    if (known === undefined || isNewIncarnation) {
      const step = store.begin();
      step.setIncarnation(incarnation);
      const saved = await step.save();
      if (!saved.ok) return saved;
    }
    return verdict === 'pending-stands' ? ok(undefined) : moveCheckpoint(relay);
  }

  /**
   * What is new here goes there, once a checkpoint covers it; the relay says how many are left. Too few are filled up by
   * the round that follows; a relay that misses them even then is given no more for a while.
   */
  async function publishKeyPackages(relay: RelaySession, isRefill: boolean): Promise<Result<void, TurnFailure>> {
    const isDue = isRefill || Math.abs(deps.clock() - refilledMs) >= REFILL_EVERY_MS;
    if (current === undefined || !isDue) return ok(undefined);
    const request = await store.keyPackagesToPublish(current.login, relay.relayNowMs());
    const answer = await relay.call('publishKeyPackages', request);
    if (!answer.ok) return answer;
    const step = store.begin();
    step.noteKeyPackagesPublished();
    const saved = await step.save();
    if (!saved.ok) return saved;
    const missing = LIMITS.keyPackagesPublished - answer.value.available;
    if (!isRefill && missing > LIMITS.keyPackagesPublished / 2) missingKeyPackages = missing;
    else refilledMs = deps.clock();
    return ok(undefined);
  }
};

/** What this device can come back from, as a new one. */
const causeToBurn = ({ tag }: TurnFailure): BurnCause | undefined =>
  tag === 'store-is-old' || tag === 'relay-restored' ? tag : undefined;

const isOutdated = (failure: RelayFailure): boolean => refusalToEvent(failure)?.tag === 'stale';

const relayTime = (relay: RelaySession): { readonly nowMs: number; readonly day: number } => ({
  nowMs: relay.relayNowMs(),
  day: relay.relayDay(),
});
