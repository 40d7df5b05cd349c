/**
 * What sync needs of the rooms beside it. Core fulfils it over the database and the MLS engine, tests over maps.
 */
import type { Result } from '../domain/result.ts';
import type { DepositId, GroupId } from '../domain/ids.ts';
import type { Envelope, EnvelopeHeader } from '../wire/envelope.ts';
import type { InboxItem, RelayRequest, RelayResponse } from '../wire/relay-api.ts';
import type { Checkpoint, CheckpointValue } from './checkpoint.ts';
import type { GroupStanding } from './inbox.ts';
import type { DeviceLogin, Hello, RelaySession } from './session.ts';
import type { RelayFailure, RelayPort } from './transport.ts';

/** Nothing was stored: no room; or the browser or the device failed. Sync stops, says so, and tries later. */
export type StoreFailure = { readonly tag: 'storage-full' | 'storage-lost' };

/** The relay's clock, as far as it is known: for what is due, never for what is valid. */
export type RelayTime = { readonly nowMs: number; readonly day: number };

/** The groups that wait for the relay. */
export type HeldGroups = {
  /** When the first of them may be tried. */
  readonly resumeInMs: number;
  /** Whether a person is told that something waits there. */
  readonly isTold: boolean;
};

/** Sealed, durable and not yet answered for good. The same bytes every time. */
export type Dispatch = {
  readonly outboxId: number;
  readonly groupId: GroupId;
  readonly depositId: DepositId;
} & (
  | { readonly kind: 'deposit'; readonly request: RelayRequest<'deposit'> }
  /** The first commit of a group of our own: the group is made at the relay first. Both can be repeated. */
  | {
      readonly kind: 'opening';
      readonly createGroup: RelayRequest<'createGroup'>;
      readonly commit: RelayRequest<'commit'>;
    }
);

export type DispatchAnswer = Result<Pick<RelayResponse<'deposit'>, 'sequence' | 'timeMs'>, RelayFailure>;

/** An item whose envelope and header are well-formed and name the group that the relay says. */
export type OpenedItem = InboxItem & { readonly parts: Envelope; readonly header: EnvelopeHeader };

export type Standing = RelayRequest<'acknowledge'>['items'][number]['standing'];

/**
 * One durable step: everything that is collected here becomes durable together in `save`, or not at all. Not more than
 * one step is open at a time (turn-queue.ts).
 */
export interface SyncStep {
  /** Undefined for a group that was never accepted here. */
  group(groupId: GroupId): GroupStanding | undefined;

  /** Whether these very bytes were sent from here under this deposit id. */
  isOwn(item: OpenedItem): boolean;
  /** They came back: proof that the relay took them, should its answer have been lost. */
  takeOwn(item: OpenedItem): Promise<Standing>;
  /** True if the group was joined: what was held for it can be read now. */
  takeWelcome(item: OpenedItem): Promise<boolean>;
  judgeCommit(item: OpenedItem): Promise<Standing>;
  /** Opens a message or receipt on the base that it names; whatever is inside is taken or dropped for good. */
  openMessage(item: OpenedItem): Promise<void>;
  hold(item: OpenedItem): void;
  /** Gives back what was held for the group, in the relay's order; it is held no more. */
  release(groupId: GroupId): readonly InboxItem[];
  setCursor(cursor: number): void;

  /** Seals what is due, at most `limit` things; answers how many. Also lets time pass over what waits for receipts. */
  sealDue(time: RelayTime, createDepositId: () => DepositId, limit: number): Promise<number>;
  /** What the relay said to a dispatch. */
  answer(dispatch: Dispatch, answer: DispatchAnswer): void;
  /** The relay takes nothing for its group now: it waits, and what is behind it. */
  holdUp(dispatch: Dispatch, askedMs: number): void;
  makeKeyPackages(count: number): Promise<void>;
  /** The relay took what `keyPackagesToPublish` last gave. */
  noteKeyPackagesPublished(): void;

  /** The pending checkpoint, if there is one, is confirmed; `next` is pending from now on. */
  stageCheckpoint(next: CheckpointValue): void;
  /** Of a relay that was put back and lost nothing that this device sent; what it may have lost besides is asked for. */
  setIncarnation(incarnation: Uint8Array<ArrayBuffer>): void;

  /** One transaction, then `settle`. Events go out after it. */
  save(): Promise<Result<void, StoreFailure>>;
}

export interface SyncStore {
  begin(): SyncStep;
  cursor(): number;
  checkpoint(): Checkpoint;
  /** Whether `value` is one of the last 4,096 confirmed ones. */
  isInCheckpointRing(value: CheckpointValue): boolean;
  incarnation(): Uint8Array<ArrayBuffer> | undefined;
  /** Sealed and unanswered, in the order of sealing; without groups that are held up. */
  unanswered(): readonly Dispatch[];
  /** Undefined while no group is held up. */
  heldUp(): HeldGroups | undefined;
  /** Whether something could be sealed now. */
  hasDue(): boolean;
  /** Conversations in which something waits for a group, and the other side could not be added to one yet. */
  unopenedCount(): number;
  /** Signed list of what is durable here and not known to be published; perhaps an empty one. */
  keyPackagesToPublish(login: DeviceLogin, relayNowMs: number): Promise<RelayRequest<'publishKeyPackages'>>;
}

/** Why a store gives up its keys: it is old or cloned, or the relay was put back and lost what they were used for. */
export type BurnCause = 'store-is-old' | 'relay-restored';

/** How such a store comes back as a new device (docs/protocol/sync.md, "An old store", "A relay that was put back"). */
export interface Renewal {
  /** It was burnt, and is not back yet. */
  isDue(): boolean;
  /**
   * Durable: nothing is left here that anything could be sealed or opened with. The cause as a failure: it cannot come
   * back, or did so a short time ago; nothing was changed.
   */
  burn(cause: BurnCause): Promise<Result<void, StoreFailure | { readonly tag: BurnCause }>>;
  /** Enters the new device into the account's chain in the old one's place, and becomes it. Repeatable. At our own relay. */
  comeBack(
    relay: Pick<RelayPort, 'call'>,
  ): Promise<Result<void, RelayFailure | StoreFailure | { readonly tag: 'store-is-old' | 'device-removed' }>>;
  /**
   * To a relay that does not know this device: it is given what it lost of the account, all of it if need be, and the
   * login can be tried again. `device-removed`: the account's chain, as its signatures prove, names this device no more.
   */
  introduceAgain(
    relay: Pick<RelayPort, 'call'>,
  ): Promise<Result<void, RelayFailure | { readonly tag: 'store-is-old' | 'device-removed' }>>;
}

/** The account's side of being known at a relay. */
export interface Registration {
  /**
   * What to log in with. Makes entry 0 of the chain, durably, when this is the first relay ever reached: it names the
   * relay. `entry` is what the relay has to be told before the first login; absent once it took it.
   */
  prepare(
    hello: Hello,
  ): Promise<
    Result<
      { readonly login: DeviceLogin; readonly entry: Uint8Array<ArrayBuffer> | undefined },
      StoreFailure | { readonly tag: 'relay-changed' }
    >
  >;
  /** The relay took entry 0. */
  registered(): Promise<Result<void, StoreFailure>>;
  /** Logged in: what is left to be done with a session (a handle that was wished for when there was no relay). */
  finish(session: RelaySession): Promise<void>;
}
