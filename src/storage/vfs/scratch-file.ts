import { MemoryFile } from '../file-layer-memory.ts';
import type { VolumeFile } from './volume-file.ts';

/** What SQLite needs for a while only. Plaintext, so it lives in memory and nowhere else. */
export const createScratchFile = (): VolumeFile => {
  const file = new MemoryFile(new Uint8Array(0));
  return {
    read(into, at) {
      const count = file.read(into, at);
      into.fill(0, count);
      return count === into.length;
    },
    write: (bytes, at) => file.write(bytes, at),
    truncate: (size) => file.truncate(size),
    sync: () => undefined,
    size: () => file.length,
  };
};
