import { sha256Sync } from '../hash.ts';
import { utf8 } from '../bytes.ts';
import type { RandomBytes } from '../../domain/ports.ts';

/** The same bytes for the same seed, in every engine: SHA-256(seed | counter) in a row. Only for tests. */
export const createSeededRandom = (seed: string): RandomBytes => {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = sha256Sync(utf8(`${seed}|${counter}`));
      bytes.set(block.subarray(0, length - offset), offset);
      counter += 1;
    }
    return bytes;
  };
};
