import type { RandomBytes } from '../domain/ports.ts';

const NONCES_PER_DRAW = 128;

/** Draws random nonces many at a time: asking the random source costs more than sealing a page. */
export const createNonceSource = (random: RandomBytes, nonceBytes: number): (() => Uint8Array) => {
  let pool: Uint8Array = new Uint8Array(0);
  let offset = 0;
  return () => {
    if (offset === pool.length) {
      pool = random(nonceBytes * NONCES_PER_DRAW);
      offset = 0;
    }
    offset += nonceBytes;
    return pool.subarray(offset - nonceBytes, offset);
  };
};
