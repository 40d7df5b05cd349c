// Poly1305 (RFC 8439 §2.5), modulo p = 2^130 - 5, in words of 32 bits that are kept in 64.
//
// Clamped, r has four words below 2^28 and r1, r2, r3 are multiples of 4. What a product reaches at 2^128 and above
// therefore comes back exactly: 2^128 r_i = (2^130 / 4) r_i = 5 r_i / 4 = r_i + r_i / 4 =: s_i (mod p).
//
// Between blocks h0, h2, h3 < 2^32, h1 <= 2^32 and h4 <= 3. With a block added every h_i < 2^33 + 1 and h4 <= 4, so a
// column is below (1 + 3 * 5/4) * 2^33 * 2^28 + 4 * 5/4 * 2^28, plus a carry below 2^32: less than 2^64. No carry is
// needed before multiplying. Multiplications, additions and shifts only; the number of turns depends on lengths.
import { SUM } from './layout';

const WORD: u64 = 0xffffffff;

export function startSum(): void {
  memory.fill(SUM, 0, 40);
}

/** Takes whole blocks of 16: the caller has put zeros behind `length`. `key` is r, then what is added at the end. */
export function absorb(data: usize, length: usize, key: usize): void {
  const r0: u64 = load<u32>(key, 0) & 0x0fffffff;
  const r1: u64 = load<u32>(key, 4) & 0x0ffffffc;
  const r2: u64 = load<u32>(key, 8) & 0x0ffffffc;
  const r3: u64 = load<u32>(key, 12) & 0x0ffffffc;
  const s1 = r1 + (r1 >> 2), s2 = r2 + (r2 >> 2), s3 = r3 + (r3 >> 2);
  let h0 = load<u64>(SUM, 0), h1 = load<u64>(SUM, 8), h2 = load<u64>(SUM, 16), h3 = load<u64>(SUM, 24);
  let h4 = load<u64>(SUM, 32);

  for (const end = data + length; data < end; data += 16) {
    h0 += load<u32>(data, 0);
    h1 += load<u32>(data, 4);
    h2 += load<u32>(data, 8);
    h3 += load<u32>(data, 12);
    h4 += 1;
    const t0 = h0 * r0 + h1 * s3 + h2 * s2 + h3 * s1;
    const t1 = h0 * r1 + h1 * r0 + h2 * s3 + h3 * s2 + h4 * s1 + (t0 >> 32);
    const t2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s3 + h4 * s2 + (t1 >> 32);
    const t3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0 + h4 * s3 + (t2 >> 32);
    const t4 = h4 * r0 + (t3 >> 32);
    // What stands above 2^130 comes back five times.
    const folded = (t0 & WORD) + (t4 >> 2) * 5;
    h0 = folded & WORD;
    h1 = (t1 & WORD) + (folded >> 32);
    h2 = t2 & WORD;
    h3 = t3 & WORD;
    h4 = t4 & 3;
  }
  store<u64>(SUM, h0, 0);
  store<u64>(SUM, h1, 8);
  store<u64>(SUM, h2, 16);
  store<u64>(SUM, h3, 24);
  store<u64>(SUM, h4, 32);
}

/** (h mod p) + s, 128 bits of it. */
export function finish(key: usize, tag: usize): void {
  let h0 = load<u64>(SUM, 0), h1 = load<u64>(SUM, 8), h2 = load<u64>(SUM, 16), h3 = load<u64>(SUM, 24);
  let h4 = load<u64>(SUM, 32);
  h2 += h1 >> 32;
  h3 += h2 >> 32;
  h4 += h3 >> 32;
  h1 &= WORD;
  h2 &= WORD;
  h3 &= WORD;
  // h4 is 4 only where h1 to h3 have just become 0: after this fold h is below 2^130 = p + 5, at most one p too much.
  h0 += (h4 >> 2) * 5;
  h4 &= 3;
  h1 += h0 >> 32;
  h2 += h1 >> 32;
  h3 += h2 >> 32;
  h4 += h3 >> 32;
  h0 &= WORD;
  h1 &= WORD;
  h2 &= WORD;
  h3 &= WORD;

  // g = h + 5. Where it reaches 2^130, h was p or more and g without that bit is h - p. Chosen without a branch.
  const g0 = h0 + 5;
  const g1 = h1 + (g0 >> 32);
  const g2 = h2 + (g1 >> 32);
  const g3 = h3 + (g2 >> 32);
  const isReached = (h4 + (g3 >> 32)) >> 2;
  const mask: u64 = 0 - isReached;
  h0 = (h0 & ~mask) | (g0 & WORD & mask);
  h1 = (h1 & ~mask) | (g1 & WORD & mask);
  h2 = (h2 & ~mask) | (g2 & WORD & mask);
  h3 = (h3 & ~mask) | (g3 & WORD & mask);

  const t0 = h0 + load<u32>(key, 16);
  const t1 = h1 + load<u32>(key, 20) + (t0 >> 32);
  const t2 = h2 + load<u32>(key, 24) + (t1 >> 32);
  const t3 = h3 + load<u32>(key, 28) + (t2 >> 32);
  store<u32>(tag, <u32>t0, 0);
  store<u32>(tag, <u32>t1, 4);
  store<u32>(tag, <u32>t2, 8);
  store<u32>(tag, <u32>t3, 12);
}
