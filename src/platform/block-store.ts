import type { FileChange } from './block-file.ts';

/** Where the blocks of one vault's files rest, in a kind of storage that can only be spoken to asynchronously. */
export interface BlockStore {
  /** A file as the last commit left it; undefined where there is none. */
  load(name: string): Promise<StoredBlocks | undefined>;
  /** Keeps all of it or nothing; durable when it resolves. Rejects with what the browser threw. */
  commit(changes: ReadonlyMap<string, FileChange>): Promise<void>;
  remove(name: string): Promise<void>;
}

export type StoredBlocks = { readonly size: number; readonly blocks: readonly Uint8Array<ArrayBuffer>[] };
