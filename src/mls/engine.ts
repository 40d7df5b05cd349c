/**
 * What Sotto asks of an MLS implementation (RFC 9420, cipher suite 7). Everything above speaks these words only, so that
 * another engine can take the place of the one in ts-mls/. The profile is narrower than the RFC: PrivateMessages only,
 * proposals by value, Add, Remove and path update, every commit with a path, no external commits, extensions fixed at
 * creation, no past epochs (docs/protocol/groups.md).
 *
 * A state is an immutable value that is **used once**: the operation that makes the next state spends the one it was
 * given and overwrites the secrets that no state needs any more. Using a spent state throws, because encrypting twice
 * from one state repeats a key. Where a transaction fails, load the state again from the database.
 */
import type { Brand } from '../domain/brand.ts';
import type { GroupId } from '../domain/ids.ts';
import type { Result } from '../domain/result.ts';
import type { Bytes } from '../crypto/bytes.ts';
import type { LeafIdentity } from '../wire/account-entry.ts';
import type { ConversationExtension, Introduction } from '../wire/group-extensions.ts';
import type { Directory } from './directory.ts';

/** Opaque: each engine has its own. */
export type GroupState = Brand<object, 'GroupState'>;

/** Signs as this device: ECDSA P-384 with SHA-384, r | s. The key itself never enters a state. */
export interface DeviceSigner {
  readonly identity: LeafIdentity;
  /** Uncompressed point. */
  readonly publicKey: Bytes;
  sign(message: Uint8Array): Promise<Bytes>;
}

export interface GroupMember {
  readonly leaf: number;
  readonly identity: LeafIdentity;
  readonly signatureKey: Bytes;
}

export interface KeyPackageInfo {
  readonly identity: LeafIdentity;
  readonly signatureKey: Bytes;
  /** KeyPackageRef (RFC 9420 §5.2), 48 bytes: a Welcome names it. */
  readonly reference: Bytes;
}

export interface CreatedKeyPackage {
  readonly keyPackage: Bytes;
  readonly reference: Bytes;
  /** Secret: opens the Welcome. Kept in the vault's database until used, or 97 days after it was claimed. */
  readonly privatePart: Bytes;
}

/** How a state rests. The hot part changes with each message, the cold part with each commit only. */
export interface StoredState {
  readonly cold: Bytes;
  readonly hot: Bytes;
}

/** A change of membership. Empty: a path update only, which heals the group after a compromise. */
export interface CommitChange {
  readonly add: readonly Bytes[];
  /** Leaves. */
  readonly remove: readonly number[];
}

/**
 * A commit that nobody has accepted yet. Store `current` and `next` before sending: `current` is the epoch that still
 * lives, its handshake ratchet already past the key of this commit, so that a second commit never uses that key again.
 */
export interface PendingCommit {
  /** MLSMessage with a PrivateMessage. */
  readonly commit: Bytes;
  /** MLSMessage with one Welcome for all that are added. */
  readonly welcome?: Bytes;
  readonly current: GroupState;
  readonly next: GroupState;
}

export interface Joined {
  readonly state: GroupState;
  readonly conversation: ConversationExtension;
  readonly introduction?: Introduction;
  /** The leaf that added us. */
  readonly addedBy: GroupMember;
}

export interface OpenedMessage {
  readonly leaf: number;
  readonly epoch: number;
  readonly generation: number;
  readonly authenticatedData: Bytes;
  readonly content: Bytes;
  readonly nextState: GroupState;
}

/** What a commit did, as everybody sees it. */
export interface AppliedChange {
  readonly committer: GroupMember;
  readonly added: readonly GroupMember[];
  readonly removed: readonly GroupMember[];
}

/**
 * The standing of a commit, in relay order (docs/protocol/groups.md, "Standing").
 * - `applied`: it is the commit of this epoch, for everybody. `nextState` is absent if it removed this device.
 * - `skipped`: it breaks a rule that everybody can see; all skip it alike and the state is as it was.
 * - `broken`: it keeps every public rule but does not work here. Never skip it: ask to be added again.
 */
export type Judgement =
  | { readonly standing: 'applied'; readonly change: AppliedChange; readonly nextState?: GroupState }
  | { readonly standing: 'skipped'; readonly reason: SkipReason }
  | { readonly standing: 'broken' };

export type SkipReason =
  | 'malformed'
  | 'other-group'
  | 'other-epoch'
  | 'header-differs'
  | 'not-authentic'
  | 'generation-too-high'
  | 'not-a-commit'
  | 'external-sender'
  | 'proposal-by-reference'
  | 'proposal-kind'
  | 'no-path'
  | 'too-large'
  | 'bad-proposal'
  | 'bad-leaf'
  | 'bad-tree'
  | 'stranger'
  | 'wrong-conversation'
  | 'wrong-recipients';

export type MlsError =
  | { readonly tag: 'malformed' }
  | { readonly tag: 'other-group' }
  /** Hold it: the commit that makes its epoch comes first. */
  | { readonly tag: 'future-epoch'; readonly epoch: number }
  | { readonly tag: 'past-epoch'; readonly epoch: number }
  /** The authenticated data is not the header that it came with. */
  | { readonly tag: 'header-differs' }
  /** Does not decrypt or verify. It says nothing more on purpose. */
  | { readonly tag: 'not-authentic' }
  /** Its key was used and is gone: a repetition. */
  | { readonly tag: 'used' }
  | { readonly tag: 'generation-too-high' }
  | { readonly tag: 'not-a-message' };

export type JoinError =
  | { readonly tag: 'malformed' }
  /** Not made for this key package, or does not open. */
  | { readonly tag: 'not-authentic' }
  /** A leaf that no shown chain vouches for. */
  | { readonly tag: 'stranger' }
  | { readonly tag: 'wrong-conversation' }
  | { readonly tag: 'refused'; readonly detail: string };

export type CommitError =
  | { readonly tag: 'bad-key-package'; readonly position: number }
  | { readonly tag: 'no-such-leaf'; readonly leaf: number }
  | { readonly tag: 'already-a-member' }
  | { readonly tag: 'wrong-conversation' }
  | { readonly tag: 'too-large' };

export type StoredStateError =
  | { readonly tag: 'malformed' }
  /** Written by a newer version, or by another engine. */
  | { readonly tag: 'newer-engine'; readonly engine: number; readonly version: number };

export interface MlsEngine {
  createKeyPackage(): Promise<CreatedKeyPackage>;

  /** Shape, suite and own signatures; whether the device is who it says is `Directory`'s question. */
  inspectKeyPackage(keyPackage: Uint8Array): Promise<Result<KeyPackageInfo, { readonly tag: 'malformed' }>>;

  /** A group of this device alone, in epoch 0. */
  createGroup(groupId: GroupId, conversation: ConversationExtension): Promise<GroupState>;

  /**
   * Spends `state` (on an error it stays as it is).
   * @param authenticatedData the handshake's header bytes
   * @param introduction said to those who are added, and to nobody else
   */
  commit(
    state: GroupState,
    change: CommitChange,
    parts: {
      readonly authenticatedData: Bytes;
      readonly directory: Directory;
      readonly introduction?: Introduction;
    },
  ): Promise<Result<PendingCommit, CommitError>>;

  /** The relay accepted it: forgets `current`, answers `next`. */
  adopt(pending: Pick<PendingCommit, 'current' | 'next'>): GroupState;

  /** The relay refused it: forgets `next`, answers `current`. */
  drop(pending: Pick<PendingCommit, 'current' | 'next'>): GroupState;

  /** @param privatePart as `createKeyPackage` gave it */
  join(welcome: Uint8Array, privatePart: Uint8Array, directory: Directory): Promise<Result<Joined, JoinError>>;

  /** Spends `state`. */
  protect(
    state: GroupState,
    content: Uint8Array,
    authenticatedData: Uint8Array,
  ): Promise<{ readonly message: Bytes; readonly nextState: GroupState }>;

  /** Application messages only. Spends `state` on success. */
  unprotect(
    state: GroupState,
    message: Uint8Array,
    authenticatedData: Uint8Array,
  ): Promise<Result<OpenedMessage, MlsError>>;

  /**
   * The standing of another member's commit; one's own is known by its hash and adopted. Spends `state` if applied.
   * @param directory filled from the evidence that travelled with this and all commits before, and from nothing else
   */
  judge(
    state: GroupState,
    commit: Uint8Array,
    parts: {
      readonly authenticatedData: Uint8Array;
      readonly directory: Directory;
      /** A further public rule: whether those who would be members afterwards are whom the commit is said to reach. */
      readonly reaches?: (members: readonly GroupMember[]) => boolean;
    },
  ): Promise<Judgement>;

  /** MLS-Exporter (RFC 9420 §8.5). */
  exportSecret(state: GroupState, label: string, context: Uint8Array, length: number): Promise<Bytes>;

  /** Equal for two members exactly if they are in the same epoch of the same history (RFC 9420 §8.7). */
  epochAuthenticator(state: GroupState): Bytes;

  groupId(state: GroupState): GroupId;
  epoch(state: GroupState): number;
  conversation(state: GroupState): ConversationExtension;
  ownLeaf(state: GroupState): number;
  members(state: GroupState): readonly GroupMember[];

  store(state: GroupState): StoredState;
  load(stored: StoredState): Result<GroupState, StoredStateError>;
}
