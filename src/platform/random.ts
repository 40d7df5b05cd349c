import type { RandomBytes } from '../domain/ports.ts';

/** `getRandomValues` refuses to fill more than this at once. */
const LARGEST_FILL_BYTES = 65_536;

/** Random bytes from the browser's own generator. */
export const randomBytes: RandomBytes = (length) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += LARGEST_FILL_BYTES)
    crypto.getRandomValues(bytes.subarray(at, at + LARGEST_FILL_BYTES));
  return bytes;
};
