import type { CountedFile } from './counted-file.ts';

/** Beyond this, a very long transaction goes out in parts before its sync. */
const BATCH_BYTES_MAX = 4 * 1_024 * 1_024;
const FIRST_BYTES = 64 * 1_024;
/** In one call, when the log is read from its beginning: calls cost more than bytes. */
const AHEAD_BYTES = 256 * 1_024;

/** Sealed log bytes that the disk does not have yet: one contiguous run, sent as one write. */
export interface LogBatch {
  /** Room for `length` bytes at `at` of the file, to be filled at once. What does not adjoin is sent first. */
  room(at: number, length: number): Uint8Array<ArrayBuffer>;
  /** Fills `into` from the run or the file; false where both end before. */
  read(into: Uint8Array, at: number): boolean;
  /** The same for somebody who goes through the file in order. */
  readAhead(into: Uint8Array, at: number): boolean;
  /** Writes the run. Gone from here afterwards, even if writing fails: SQLite then takes the transaction back. */
  send(): void;
  /** Forgets the run, and what was read ahead. */
  drop(): void;
  /** Where the run ends in the file; 0 where there is none. */
  end(): number;
}

export const createLogBatch = (file: CountedFile): LogBatch => {
  let buffer = new Uint8Array(FIRST_BYTES);
  let start = 0;
  let end = 0;
  let ahead: { readonly at: number; readonly bytes: Uint8Array } | undefined;

  const drop = (): void => {
    start = 0;
    end = 0;
    ahead = undefined;
  };

  const send = (): void => {
    if (end === start) return;
    const run = buffer.subarray(0, end - start);
    const at = start;
    drop();
    file.write(run, at);
  };

  const readRun = (into: Uint8Array, at: number): boolean => {
    if (at < start || at + into.length > end) return false;
    into.set(buffer.subarray(at - start, at - start + into.length));
    return true;
  };

  const grow = (length: number): void => {
    const grown = new Uint8Array(Math.max(length, 2 * buffer.length));
    grown.set(buffer.subarray(0, end - start));
    buffer = grown;
  };

  return {
    send,
    drop,
    end: () => end,

    room(at, length) {
      const isAdjoining = at >= start && at <= end && at + length - start <= BATCH_BYTES_MAX;
      if (end > start && !isAdjoining) send();
      if (end === start) {
        start = at;
        end = at;
      }
      if (at + length - start > buffer.length) grow(at + length - start);
      end = Math.max(end, at + length);
      return buffer.subarray(at - start, at - start + length);
    },

    read: (into, at) => readRun(into, at) || file.read(into, at) === into.length,

    readAhead(into, at) {
      if (readRun(into, at)) return true;
      if (ahead === undefined || at < ahead.at || at + into.length > ahead.at + ahead.bytes.length) {
        const bytes = new Uint8Array(AHEAD_BYTES);
        ahead = { at, bytes: bytes.subarray(0, file.read(bytes, at)) };
      }
      if (into.length > ahead.at + ahead.bytes.length - at) return false;
      into.set(ahead.bytes.subarray(at - ahead.at, at - ahead.at + into.length));
      return true;
    },
  };
};
