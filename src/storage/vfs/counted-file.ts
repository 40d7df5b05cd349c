import type { StoredFile } from '../file-layer.ts';
import { valueOrFault } from './volume-fault.ts';

export interface FileCounters {
  reads: number;
  writes: number;
  flushes: number;
  bytesWritten: number;
}

/** A stored file whose failures are thrown as `VolumeFault` and whose calls are counted. */
export interface CountedFile {
  read(into: Uint8Array, at: number): number;
  write(bytes: Uint8Array, at: number): void;
  truncate(size: number): void;
  /** Costs nothing where nothing was written since the last one. */
  flush(): void;
  size(): number;
  close(): void;
}

export const countFile = (file: StoredFile, counters: FileCounters): CountedFile => {
  let isDirty = false;
  return {
    read(into, at) {
      counters.reads += 1;
      return valueOrFault(file.read(into, at));
    },
    write(bytes, at) {
      counters.writes += 1;
      counters.bytesWritten += bytes.length;
      isDirty = true;
      valueOrFault(file.write(bytes, at));
    },
    truncate(size) {
      isDirty = true;
      valueOrFault(file.truncate(size));
    },
    flush() {
      if (!isDirty) return;
      counters.flushes += 1;
      valueOrFault(file.flush());
      isDirty = false;
    },
    size: () => valueOrFault(file.size()),
    close: () => file.close(),
  };
};
