import type { VaultId } from '../domain/ids.ts';
import { blocksOf, type FileChange } from './block-file.ts';
import type { BlockStore, StoredBlocks } from './block-store.ts';
import { answered, completed, strictTransaction, type StrictDatabase } from './strict-database.ts';

/**
 * Object stores of the database `sotto.vaults` (docs/protocol/browser-storage.md). `files` is small, so that the
 * vaults can be listed without touching their blocks.
 */
export const VAULT_STORES = { files: 'files', blocks: 'blocks' } as const;
const BOTH = [VAULT_STORES.files, VAULT_STORES.blocks];

/** In one request, when a file is read: 8 MiB. */
const READ_BLOCKS = 512;

/** Every key of a vault in both stores begins with its id, and nothing else does. */
export const keysOfVault = (vaultId: VaultId): IDBKeyRange => IDBKeyRange.bound([vaultId], [vaultId, []]);

/** Blocks `[vault, name, number]` of a file, from `first` on. */
const blockKeys = (vaultId: VaultId, name: string, first: number): IDBKeyRange =>
  IDBKeyRange.bound([vaultId, name, first], [vaultId, name, Infinity]);

export const createIndexedDbBlockStore = (database: StrictDatabase, vaultId: VaultId): BlockStore => {
  let connection: Promise<IDBDatabase> | undefined;
  /**
   * The same for as long as files are open: after site data was cleared, blocks must not go into an empty database that
   * was made anew. A transaction on a connection that was lost fails with `InvalidStateError`.
   */
  const connect = (): Promise<IDBDatabase> => (connection ??= database.connect());

  return {
    async load(name) {
      const transaction = strictTransaction(await connect(), BOTH, 'readonly');
      const size = await answered<unknown>(transaction.objectStore(VAULT_STORES.files).get([vaultId, name]));
      if (typeof size !== 'number') return undefined;
      return { size, blocks: await readBlocks(transaction.objectStore(VAULT_STORES.blocks), vaultId, name) };
    },

    async commit(changes) {
      const transaction = strictTransaction(await connect(), BOTH, 'readwrite');
      const done = completed(transaction);
      for (const [name, change] of changes) putChange(transaction, vaultId, name, change);
      await done;
    },

    async remove(name) {
      const transaction = strictTransaction(await connect(), BOTH, 'readwrite');
      transaction.objectStore(VAULT_STORES.files).delete([vaultId, name]);
      transaction.objectStore(VAULT_STORES.blocks).delete(blockKeys(vaultId, name, 0));
      await completed(transaction);
    },
  };
};

const readBlocks = async (store: IDBObjectStore, vaultId: VaultId, name: string): Promise<StoredBlocks['blocks']> => {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    // Numbers have no gaps, else the file is refused for its size.
    const asked = store.getAll(blockKeys(vaultId, name, blocks.length), READ_BLOCKS);
    const next = await answered(asked as IDBRequest<Uint8Array<ArrayBuffer>[]>);
    blocks.push(...next);
    if (next.length < READ_BLOCKS) return blocks;
  }
};

const putChange = (transaction: IDBTransaction, vaultId: VaultId, name: string, change: FileChange): void => {
  const blocks = transaction.objectStore(VAULT_STORES.blocks);
  if (change.isCut) blocks.delete(blockKeys(vaultId, name, blocksOf(change.size)));
  for (const [index, bytes] of change.blocks) blocks.put(bytes, [vaultId, name, index]);
  transaction.objectStore(VAULT_STORES.files).put(change.size, [vaultId, name]);
};
