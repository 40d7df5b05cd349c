/**
 * Everything that core takes from the world. The composition root (src/workers/core.worker.ts, or a test) makes one of
 * these; nothing below it reads a clock, draws a random byte, sets a timer or touches a file by itself.
 */
import type { VaultId } from '../domain/ids.ts';
import type { Clock, RandomBytes, SetTimer } from '../domain/ports.ts';
import type { PageCipherFactory } from '../crypto/page-ciphers.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import type { StorageKind } from '../rpc/dto.ts';
import type { StretchPassword } from '../crypto/pbkdf2.ts';
import type { FileLayer } from '../storage/file-layer.ts';
import type { SpareRoom } from '../storage/spare-room.ts';
import type { SqliteEngine } from '../storage/sqlite/engine.ts';
import type { RelayPort } from '../sync/transport.ts';

export interface CoreDeps {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly setTimer: SetTimer;
  readonly vaults: VaultStorage;
  readonly storageRoom: StorageRoom;
  readonly leaderLock: LeaderLock;
  /** Once per worker or process. */
  readonly loadSqlite: () => Promise<SqliteEngine>;
  readonly createPageCipher: PageCipherFactory;
  readonly relay: RelayPort;
  readonly connectivity: Connectivity;
  /** Left out: measured on this device when a password is set, never below the floor (src/crypto/pbkdf2.ts). */
  readonly kdfIterations?: number;
  /** Tests put in a quick one. */
  readonly stretchPassword?: StretchPassword;
  /** Once the accounts were listed: to have everything compiled when the password is there (account/rehearse.ts). */
  readonly rehearses?: boolean;
  /** To every window of this account. Never awaited, must not throw. */
  readonly emit: (event: CoreEvent) => void;
}

/**
 * The vaults of one browser profile (`v/<random>/…`). It also remembers which vaults there should be, in another kind
 * of storage, so that an evicted one can be told from one that never was.
 */
export interface VaultStorage {
  /** Where a new vault would rest. */
  kindOfNew(): Promise<StorageKind>;
  /** In the order of creation. */
  list(): Promise<readonly VaultPresence[]>;
  /** False where a part of the storage did not answer when the vaults were listed last: there may be more of them. */
  isListWhole(): Promise<boolean>;
  /** Makes room for a new vault and remembers it. Answers undefined where the browser grants no storage. */
  create(vaultId: VaultId): Promise<VaultPlace | undefined>;
  /** The place of a vault that `list` named. Opening files in it is what tells whether they are there. */
  place(vaultId: VaultId): Promise<VaultPlace | undefined>;
  /** Deletes every byte of a vault and forgets it. Harmless if it is gone already. */
  remove(vaultId: VaultId): Promise<void>;
}

/** What the browser says about the room it grants. Nothing here waits for a person, or rejects. */
export interface StorageRoom {
  /** Whether the browser promised not to evict; undefined where it does not say. */
  isPersisted(): Promise<boolean | undefined>;
  /** What may still be stored; undefined where it does not say. */
  freeBytes(): Promise<number | undefined>;
}

export type VaultPresence = {
  readonly vaultId: VaultId;
  /** False where it rests in a kind of storage that this browser does not offer now: nothing is known about it. */
  readonly isReachable: boolean;
  readonly hasHeader: boolean;
  readonly hasDatabase: boolean;
};

export interface VaultPlace {
  readonly kind: StorageKind;
  readonly headerStore: HeaderStore;
  readonly files: FileLayer;
  readonly spare?: SpareRoom;
}

/** The two copies of the vault header (docs/protocol/vault-header.md). */
export interface HeaderStore {
  read(copy: 0 | 1): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Durable when it resolves true; false where there is no room. */
  write(copy: 0 | 1, bytes: Uint8Array): Promise<boolean>;
}

/** One core per vault in a browser profile (Web Lock `vault:<id>`). */
export interface LeaderLock {
  /** Answers a function that gives the lock back, or undefined while somebody else holds it. Never waits. */
  acquire(vaultId: VaultId): Promise<(() => void) | undefined>;
  isHeld(vaultId: VaultId): Promise<boolean>;
}

/** Hints about the network and the windows. Sync works without them, later. */
export interface Connectivity {
  isOnline(): boolean;
  /** `online`: the network came back. `offline`: it went. `visible`: a window of this account came to the front. */
  subscribe(listener: (signal: 'online' | 'offline' | 'visible') => void): () => void;
}
