/**
 * What the relay keeps, and the promises every implementation makes (testing/store-contract.ts):
 * - a promise resolves only once its effect survives a crash;
 * - each method is one transaction, serializable with all others;
 * - cursors of a mailbox strictly increase, never become visible out of order, and outlive the items they named.
 * Signatures are verified before anything comes here; capabilities and tokens arrive as hashes.
 */
import type { AccountId, DepositId, GroupId, MailboxId } from '../../src/domain/ids.ts';
import type { Result } from '../../src/domain/result.ts';
import type { EnvelopeClass } from '../../src/wire/envelope.ts';
import type { CommitRow, SignedRow } from '../../src/wire/relay-api.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export type Device = {
  readonly mailboxId: MailboxId;
  readonly accountId: AccountId;
  readonly deviceIndex: number;
  readonly mailboxKey: Bytes;
  readonly signatureKey: Bytes;
};

export type NewEntry = {
  readonly accountId: AccountId;
  /** Compare-and-set: the head that the entry was judged against; absent for entry 0. */
  readonly expectedHead?: Bytes;
  readonly hash: Bytes;
  /** Entries of this or a higher sequence stop being part of the chain; the log keeps them. */
  readonly sequence: number;
  readonly entry: Bytes;
  /** The complete device set after the entry. */
  readonly devices: readonly Device[];
};

export type StoredAccount = {
  readonly accountId: AccountId;
  readonly entries: readonly Bytes[];
  readonly head: Bytes;
  /** A `handleClaim` (src/wire/account-entry.ts). */
  readonly claim?: Bytes;
};

export interface DirectoryStore {
  /** Repeating the newest entry is a success. `mailbox-taken`: an added mailbox key was registered before. */
  readonly appendEntry: (entry: NewEntry) => Promise<Result<void, { tag: 'conflict' } | { tag: 'mailbox-taken' }>>;
  readonly account: (accountId: AccountId) => Promise<StoredAccount | undefined>;
  readonly accountByHandle: (handle: string) => Promise<StoredAccount | undefined>;
  /** Only devices that the account's chain holds now. */
  readonly deviceByMailbox: (mailboxId: MailboxId) => Promise<Device | undefined>;
  /** A new handle releases the account's old one; nobody can claim that for `releasedForMs`. */
  readonly claimHandle: (claim: {
    readonly accountId: AccountId;
    readonly handle: string;
    readonly expectedHead: Bytes;
    /** Greater than that of the account's last claim. */
    readonly counter: number;
    readonly claim: Bytes;
    readonly nowMs: number;
    readonly releasedForMs: number;
  }) => Promise<Result<void, { tag: 'conflict' } | { tag: 'handle-taken' }>>;
}

export type SessionPurpose = 'session' | 'fetchToken';
export type Session = {
  readonly mailboxId: MailboxId;
  readonly accountId: AccountId;
  readonly purpose: SessionPurpose;
};

export interface SessionStore {
  /** A new fetch token of a mailbox replaces the one before. */
  readonly openSession: (session: {
    readonly tokenHash: Bytes;
    readonly mailboxId: MailboxId;
    readonly purpose: SessionPurpose;
    readonly expiresAtMs: number;
  }) => Promise<void>;
  readonly session: (tokenHash: Bytes, nowMs: number) => Promise<Session | undefined>;
}

export type ClaimedKeyPackage = {
  readonly mailboxId: MailboxId;
  readonly keyPackage: Bytes;
  readonly lastResort: boolean;
};

export interface KeyPackageStore {
  /**
   * Adds to what is published; the newest `keep` stay. A package that was published before, claimed or not, is not
   * added again. Answers how many can be claimed.
   */
  readonly publishKeyPackages: (request: {
    readonly mailboxId: MailboxId;
    readonly packages: readonly Bytes[];
    readonly lastResort?: Bytes;
    readonly keep: number;
    readonly nowMs: number;
  }) => Promise<number>;
  /**
   * One package of each device of the account, none twice but the last resort's. The n-th answer is paid for by the
   * n-th token, so there must be a token for each device.
   */
  readonly claimKeyPackages: (request: {
    readonly accountId: AccountId;
    readonly tokenHashes: readonly Bytes[];
    readonly tokensExpireAtMs: number;
    readonly allowLastResort: boolean;
    readonly nowMs: number;
  }) => Promise<readonly ClaimedKeyPackage[]>;
}

/** Called inside the transaction that writes the row, so it cannot wait for anything. */
export type SignRow = (row: CommitRow) => SignedRow;

export type Deposit = {
  readonly groupId: GroupId;
  readonly base: number;
  readonly head: number;
  readonly depositId: DepositId;
  /** Whether the deposit id is of these days; one that is not is known, or refused. */
  readonly isDepositIdFresh: boolean;
  readonly class: EnvelopeClass;
  readonly envelope: Bytes;
  readonly envelopeHash: Bytes;
  readonly capabilityHash: Bytes;
  readonly nowMs: number;
  readonly retentionMs: number;
};

export type Commit = {
  readonly groupId: GroupId;
  readonly base: number;
  readonly head: number;
  readonly depositId: DepositId;
  /** Whether the deposit id is of these days; one that is not is known, or refused. */
  readonly isDepositIdFresh: boolean;
  readonly committer: MailboxId;
  readonly envelope: Bytes;
  readonly envelopeHash: Bytes;
  readonly recipients: readonly MailboxId[];
  readonly capabilityHash: Bytes;
  readonly welcomes: readonly { readonly mailboxId: MailboxId; readonly tokenHash: Bytes; readonly envelope: Bytes }[];
  readonly nowMs: number;
  readonly sign: SignRow;
};

export type Accepted = { readonly sequence: number; readonly timeMs: number; readonly wake: readonly MailboxId[] };
export type Conflict = { readonly tag: 'conflict'; readonly newest: number };
export type NotFound = { readonly tag: 'not-found' };
export type Stale = { readonly tag: 'stale' };
export type Forbidden = { readonly tag: 'forbidden'; readonly detail: string };
export type TooMany = { readonly tag: 'too-many'; readonly retryAfterMs: number };

/** The most that may wait for one mailbox. */
export type WaitingLimits = { readonly items: number; readonly bytes: number };

export type InboxEntry = {
  readonly cursor: number;
  readonly groupId: GroupId;
  readonly sequence: number;
  readonly timeMs: number;
  readonly envelope: Bytes;
  readonly row?: SignedRow;
};

export type Standing = 'stored' | 'applied' | 'skipped' | 'broken';

/** The rules of docs/protocol/groups.md. */
export interface GroupStore {
  /** Repeating it is a success. */
  readonly createGroup: (request: {
    readonly groupId: GroupId;
    readonly creator: MailboxId;
    readonly capabilityHash: Bytes;
    readonly nowMs: number;
    readonly sign: SignRow;
  }) => Promise<Result<SignedRow, { tag: 'conflict' }>>;
  readonly acceptCommit: (
    commit: Commit,
  ) => Promise<Result<Accepted & { readonly row: SignedRow }, Conflict | NotFound | Stale | Forbidden | TooMany>>;
  /** `too-many`: no more fits into the mailbox of one of its recipients (`WaitingLimits`). */
  readonly deposit: (deposit: Deposit) => Promise<Result<Accepted, Conflict | NotFound | Stale | Forbidden | TooMany>>;
  /** Rows after a sequence, oldest first; only for a mailbox that is a recipient of one of the group's rows. */
  readonly rows: (
    groupId: GroupId,
    mailboxId: MailboxId,
    after: number,
    limit: number,
  ) => Promise<Result<readonly SignedRow[], NotFound>>;
  /** The mailbox gets nothing more of the group until a welcome token of its own readmits it. */
  readonly leaveGroup: (groupId: GroupId, mailboxId: MailboxId) => Promise<void>;
}

export interface MailboxStore {
  /** Items after the cursor that have not expired, oldest first; at least one if there is one, then up to `maxBytes`. */
  readonly fetch: (request: {
    readonly mailboxId: MailboxId;
    readonly after: number;
    readonly limit: number;
    readonly maxBytes: number;
    readonly nowMs: number;
  }) => Promise<{ readonly items: readonly InboxEntry[]; readonly more: boolean }>;
  /** Deletes, in the order given. A cursor that is not there is passed over, so acknowledging twice is harmless. */
  readonly acknowledge: (
    mailboxId: MailboxId,
    items: readonly { readonly cursor: number; readonly standing: Standing }[],
  ) => Promise<void>;
  /** The device checkpoint. Swaps only if `expected` stands, or if `next` stands already; answers what stands now. */
  readonly checkpoint: (
    mailboxId: MailboxId,
    swap?: { readonly expected?: Bytes; readonly next: Bytes },
  ) => Promise<{ readonly value?: Bytes; readonly swapped: boolean }>;
}

export interface RelayStore extends DirectoryStore, SessionStore, KeyPackageStore, GroupStore, MailboxStore {
  /** 16 random bytes, new after a restore from backup: cursors and sequences are never compared across it. */
  readonly incarnation: Bytes;
  /** Deletes what is over. Nothing that is over is ever answered, whether or not this has run. */
  readonly expire: (nowMs: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Thrown, not returned: nothing can be stored, and nothing was. */
export class StorageFullError extends Error {}
