import type { VaultId } from '../domain/ids.ts';
import type { StorageKind } from '../rpc/dto.ts';
import type { FileLayer } from '../storage/file-layer.ts';
import type { SpareRoom } from '../storage/spare-room.ts';

/** The two copies of a vault's header (docs/protocol/vault-header.md). */
export interface HeaderStore {
  /** Undefined where the copy was never written, or is gone. */
  read(copy: 0 | 1): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Durable when it resolves true; false where there is no room. The other copy is never touched. */
  write(copy: 0 | 1, bytes: Uint8Array): Promise<boolean>;
}

/** Where a vault's bytes rest. */
export interface VaultPlace {
  readonly kind: StorageKind;
  readonly headerStore: HeaderStore;
  readonly files: FileLayer;
  readonly spare?: SpareRoom;
}

/** Which halves of a vault's storage stand there, and are not empty. */
export type VaultHalves = { readonly hasHeader: boolean; readonly hasDatabase: boolean };

/** All vaults in one kind of storage. */
export interface VaultShelf {
  readonly kind: StorageKind;
  find(): Promise<ReadonlyMap<VaultId, VaultHalves>>;
  /** Makes room for a new vault; undefined where the browser refuses it now. */
  create(vaultId: VaultId): Promise<VaultPlace | undefined>;
  /** Undefined where nothing of it stands here. */
  place(vaultId: VaultId): Promise<VaultPlace | undefined>;
  /** Deletes every byte of a vault. Harmless if there is none. */
  remove(vaultId: VaultId): Promise<void>;
}

const VAULT_ID = /^[0-9a-f]{32}$/;

export const isVaultId = (name: unknown): name is VaultId => typeof name === 'string' && VAULT_ID.test(name);
