/** Blocks in which files are kept and written: a commit of one message changes one or two. */
export const BLOCK_BYTES = 16_384;

/** What became of a file since its changes were taken the last time. */
export type FileChange = {
  readonly size: number;
  /** Whole blocks by number; bytes beyond `size` are zeros. They are never written to again. */
  readonly blocks: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
  /** Blocks that do not begin before `size` may lie in the store and must go. */
  readonly isCut: boolean;
};

export const blocksOf = (size: number): number => Math.ceil(size / BLOCK_BYTES);

/**
 * A file in memory that knows which of its blocks changed. Blocks that were taken, or came from the store, belong to
 * somebody else as well: they are copied before the first write.
 */
export class BlockFile {
  #blocks: Uint8Array<ArrayBuffer>[];
  #changed = new Set<number>();
  #isCut = false;
  #isResized = false;
  size: number;

  constructor(size: number, blocks: readonly Uint8Array<ArrayBuffer>[]) {
    this.size = size;
    this.#blocks = [...blocks];
  }

  read(into: Uint8Array, at: number): number {
    const count = Math.max(0, Math.min(into.length, this.size - at));
    for (let from = 0; from < count;) {
      const { index, offset, length } = piece(at + from, count - from);
      into.set(this.#block(index).subarray(offset, offset + length), from);
      from += length;
    }
    return count;
  }

  write(bytes: Uint8Array, at: number): void {
    if (at + bytes.length > this.size) this.truncate(at + bytes.length);
    for (let from = 0; from < bytes.length;) {
      const { index, offset, length } = piece(at + from, bytes.length - from);
      this.#own(index).set(bytes.subarray(from, from + length), offset);
      from += length;
    }
  }

  truncate(size: number): void {
    const count = blocksOf(size);
    if (count < this.#blocks.length) {
      this.#blocks.length = count;
      this.#isCut = true;
      for (const index of this.#changed) if (index >= count) this.#changed.delete(index);
    }
    // What a cut leaves behind must read as zeros, should the file grow over it again.
    if (size < this.size && size % BLOCK_BYTES > 0) this.#own(count - 1).fill(0, size % BLOCK_BYTES);
    while (this.#blocks.length < count) {
      this.#changed.add(this.#blocks.length);
      this.#blocks.push(new Uint8Array(BLOCK_BYTES));
    }
    this.#isResized ||= size !== this.size;
    this.size = size;
  }

  /** Undefined where nothing changed. */
  takeChange(): FileChange | undefined {
    if (this.#changed.size === 0 && !this.#isResized) return undefined;
    const blocks = new Map([...this.#changed].map((index) => [index, this.#block(index)]));
    const change = { size: this.size, blocks, isCut: this.#isCut };
    this.#changed = new Set();
    this.#isCut = false;
    this.#isResized = false;
    return change;
  }

  #own(index: number): Uint8Array<ArrayBuffer> {
    if (!this.#changed.has(index)) {
      this.#blocks[index] = this.#block(index).slice();
      this.#changed.add(index);
    }
    return this.#block(index);
  }

  #block(index: number): Uint8Array<ArrayBuffer> {
    const block = this.#blocks[index];
    if (block === undefined) throw new Error(`no block ${index} in a file of ${this.size} bytes`);
    return block;
  }
}

/** The part of a range that lies in its first block. */
const piece = (at: number, length: number): { index: number; offset: number; length: number } => {
  const offset = at % BLOCK_BYTES;
  return { index: (at - offset) / BLOCK_BYTES, offset, length: Math.min(length, BLOCK_BYTES - offset) };
};

/** One change that does what two do, one after the other. */
export const mergeChanges = (earlier: FileChange | undefined, later: FileChange): FileChange => {
  if (earlier === undefined) return later;
  const blocks = new Map([...earlier.blocks, ...later.blocks]);
  const count = blocksOf(later.size);
  for (const index of blocks.keys()) if (index >= count) blocks.delete(index);
  return { size: later.size, blocks, isCut: earlier.isCut || later.isCut };
};
