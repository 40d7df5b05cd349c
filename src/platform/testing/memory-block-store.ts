/** IndexedDB as the write-behind layer needs it, in memory: every transaction is kept, so that each can be the last. */
import { BLOCK_BYTES, type FileChange } from '../block-file.ts';
import type { BlockStore, StoredBlocks } from '../block-store.ts';

export type Commit = ReadonlyMap<string, FileChange>;

export interface MemoryBlockStore extends BlockStore {
  readonly commits: readonly Commit[];
  /** From here on, a transaction waits for this before it completes or fails. */
  delay(until: () => Promise<void>): void;
  /** The next transaction fails with an exception of this name; nothing of it is kept. Resolves when it has. */
  failNext(name: string): Promise<void>;
}

/** @param initial transactions that this store has completed already */
export const createMemoryBlockStore = (initial: readonly Commit[] = []): MemoryBlockStore => {
  const files = new Map<string, { size: number; blocks: Map<number, Uint8Array<ArrayBuffer>> }>();
  const commits: Commit[] = [];
  let wait = (): Promise<void> => Promise.resolve();
  let failing: { readonly name: string; readonly tell: () => void } | undefined;

  const apply = (commit: Commit): void => {
    commits.push(commit);
    for (const [name, { size, blocks, isCut }] of commit) {
      const file = files.get(name) ?? { size, blocks: new Map<number, Uint8Array<ArrayBuffer>>() };
      const count = Math.ceil(size / BLOCK_BYTES);
      if (isCut) for (const index of file.blocks.keys()) if (index >= count) file.blocks.delete(index);
      for (const [index, bytes] of blocks) file.blocks.set(index, bytes);
      files.set(name, { size, blocks: file.blocks });
    }
  };
  initial.forEach(apply);

  return {
    commits,
    delay: (until) => (wait = until),
    failNext: (name) => new Promise((tell) => (failing = { name, tell })),
    async load(name): Promise<StoredBlocks | undefined> {
      const file = files.get(name);
      if (file === undefined) return undefined;
      const order = [...file.blocks.keys()].sort((left, right) => left - right);
      return { size: file.size, blocks: order.map((index) => file.blocks.get(index)!.slice()) };
    },
    async commit(changes) {
      // A copy, as the browser makes one: later writes must not reach into it.
      const copy = new Map([...changes].map(([name, change]) => [name, copyOf(change)]));
      await wait();
      const failed = failing;
      failing = undefined;
      failed?.tell();
      if (failed !== undefined) throw new DOMException('as told', failed.name);
      apply(copy);
    },
    remove: async (name) => void files.delete(name),
  };
};

const copyOf = (change: FileChange): FileChange => ({
  ...change,
  blocks: new Map([...change.blocks].map(([index, bytes]) => [index, bytes.slice()])),
});

/** Names with one holder in this test. */
export const createMemoryHolds = (): ((name: string) => Promise<(() => void) | undefined>) => {
  const held = new Set<string>();
  return async (name) => {
    if (held.has(name)) return undefined;
    held.add(name);
    return () => held.delete(name);
  };
};
