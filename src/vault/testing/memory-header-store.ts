import type { CopyNumber, HeaderStore } from '../header-store.ts';

/** What a torn write leaves behind its first bytes. */
export type Tail = 'nothing' | 'old bytes' | 'zeros';

/** Loss of power during write number `write` (from 0), after its first `bytes` bytes reached the disk. */
export type Cut = { readonly write: number; readonly bytes: number; readonly tail: Tail };

export class PowerLoss extends Error {}

export type MemoryHeaderStore = HeaderStore & {
  readonly copies: [Uint8Array | undefined, Uint8Array | undefined];
  /** How often each copy was written. */
  readonly writes: CopyNumber[];
};

/** Both copies in memory; with a `cut`, one write is torn and the store is gone from then on. */
export const createMemoryHeaderStore = (
  initial: readonly [Uint8Array | undefined, Uint8Array | undefined] = [undefined, undefined],
  cut?: Cut,
): MemoryHeaderStore => {
  const copies: MemoryHeaderStore['copies'] = [initial[0]?.slice(), initial[1]?.slice()];
  const writes: CopyNumber[] = [];
  let isOff = false;
  return {
    copies,
    writes,
    read: (copy) => Promise.resolve(copies[copy]?.slice()),
    write(copy, bytes) {
      if (!isOff && writes.length === cut?.write) {
        isOff = true;
        copies[copy] = tear(copies[copy] ?? new Uint8Array(0), bytes, cut);
      }
      if (isOff) return Promise.reject(new PowerLoss());
      writes.push(copy);
      copies[copy] = bytes.slice();
      return Promise.resolve();
    },
  };
};

const tear = (before: Uint8Array, after: Uint8Array, { bytes, tail }: Cut): Uint8Array => {
  const written = after.subarray(0, bytes);
  if (tail === 'nothing') return written.slice();
  const torn = new Uint8Array(Math.max(tail === 'zeros' ? after.length : before.length, written.length));
  if (tail === 'old bytes') torn.set(before);
  torn.set(written);
  return torn;
};
