import { err, ok } from '../domain/result.ts';
import { done, type FileLayer, type FileResult, type StoredFile } from './file-layer.ts';

/** Names and contents of a layer's files. */
export type FileImages = ReadonlyMap<string, Uint8Array>;

export interface MemoryFileLayer extends FileLayer {
  /** A copy of every file as it stands now, open ones too. */
  images(): Map<string, Uint8Array<ArrayBuffer>>;
}

/**
 * Files in memory: for tests, for simulations, and for a browser that grants no storage at all, where the app says so
 * in a banner. "Durable" means here: until the page is closed.
 *
 * @param initial files to begin with; copied
 */
export const createMemoryFileLayer = (initial: FileImages = new Map()): MemoryFileLayer => {
  const files = new Map<string, MemoryFile>();
  const held = new Set<string>();
  for (const [name, bytes] of initial) files.set(name, new MemoryFile(bytes));

  return {
    open: (name, mode) => Promise.resolve(open(name, mode)),

    remove(name) {
      if (held.has(name)) return Promise.resolve(err({ tag: 'taken' }));
      files.delete(name);
      return Promise.resolve(done);
    },

    settle: () => Promise.resolve(done),

    images: () => new Map([...files].map(([name, file]) => [name, file.copy()])),
  };

  function open(name: string, mode: 'existing' | 'create'): FileResult<StoredFile> {
    if (held.has(name)) return err({ tag: 'taken' });
    let file = files.get(name);
    if (file === undefined) {
      if (mode === 'existing') return err({ tag: 'gone' });
      file = new MemoryFile(new Uint8Array(0));
      files.set(name, file);
    }
    held.add(name);
    return ok(holdFile(file, () => held.delete(name)));
  }
};

const holdFile = (file: MemoryFile, release: () => void): StoredFile => {
  const gone: FileResult<never> = err({ tag: 'gone' });
  let isOpen = true;
  return {
    read: (into, at) => (isOpen ? ok(file.read(into, at)) : gone),
    write(bytes, at) {
      if (!isOpen) return gone;
      file.write(bytes, at);
      return done;
    },
    truncate(size) {
      if (!isOpen) return gone;
      file.truncate(size);
      return done;
    },
    flush: () => (isOpen ? done : gone),
    size: () => (isOpen ? ok(file.length) : gone),
    close() {
      if (isOpen) release();
      isOpen = false;
    },
  };
};

/** A byte array that grows by doubling. */
export class MemoryFile {
  #bytes: Uint8Array<ArrayBuffer>;
  length: number;

  constructor(initial: Uint8Array) {
    this.#bytes = new Uint8Array(initial); // `slice` of a Buffer shares its memory
    this.length = initial.length;
  }

  read(into: Uint8Array, at: number): number {
    const count = Math.max(0, Math.min(into.length, this.length - at));
    into.set(this.#bytes.subarray(at, at + count));
    return count;
  }

  write(bytes: Uint8Array, at: number): void {
    const end = at + bytes.length;
    if (end > this.length) this.truncate(end);
    this.#bytes.set(bytes, at);
  }

  truncate(size: number): void {
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, 2 * this.#bytes.length));
      grown.set(this.#bytes.subarray(0, this.length));
      this.#bytes = grown;
    }
    // What a cut leaves behind must read as zeros, should the file grow over it again.
    if (size < this.length) this.#bytes.fill(0, size, this.length);
    this.length = size;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length);
  }
}
