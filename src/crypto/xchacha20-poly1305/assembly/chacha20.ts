// ChaCha20 (RFC 8439 §2.3, §2.4) and HChaCha20 (draft-irtf-cfrg-xchacha-03 §2.2). Additions, exclusive ors and rotations
// by fixed amounts; the number of turns depends on lengths alone.
import { BLOCK, STATE } from './layout';

/** How many bytes of key stream are made at once: four blocks, one in each lane, or one. */
export const STRIDE: usize = ASC_FEATURE_SIMD ? 256 : 64;

/** "expand 32-byte k", the key, then 16 bytes that the caller stores. */
function layOut(key: usize): void {
  store<u64>(STATE, 0x3320646e61707865, 0);
  store<u64>(STATE, 0x6b20657479622d32, 8);
  memory.copy(STATE + 16, key, 32);
}

/** Rows 0 and 3 of the permuted state, without the addition that makes a key stream of it. */
export function hchacha20(key: usize, nonce: usize, subkey: usize): void {
  layOut(key);
  memory.copy(STATE + 48, nonce, 16);
  permute(BLOCK);
  memory.copy(subkey, BLOCK, 16);
  memory.copy(subkey + 16, BLOCK + 48, 16);
}

/** Counter 0 and a nonce of 12 bytes. */
export function startStream(key: usize, iv: usize): void {
  layOut(key);
  store<u32>(STATE, 0, 48);
  memory.copy(STATE + 52, iv, 12);
}

export function nextBlock(out: usize): void {
  permute(out);
  for (let word: usize = 0; word < 64; word += 4) {
    store<u32>(out + word, load<u32>(out + word) + load<u32>(STATE + word));
  }
  skip(1);
}

/** From the counter where the stream stands, over whole strides: up to STRIDE - 1 bytes behind `length` change too. */
export function xorStream(data: usize, length: usize): void {
  for (const end = data + length; data < end; data += STRIDE) {
    if (ASC_FEATURE_SIMD) {
      xorFourBlocks(data);
    } else {
      nextBlock(BLOCK);
      for (let at: usize = 0; at < 64; at += 8) store<u64>(data + at, load<u64>(data + at) ^ load<u64>(BLOCK + at));
    }
  }
}

@inline
function skip(blocks: u32): void {
  store<u32>(STATE, load<u32>(STATE, 48) + blocks, 48);
}

// One block, a word in each variable: a b c d are the rows, 0 to 3 the columns.

/** Twenty rounds: STATE to `out`. */
function permute(out: usize): void {
  let a0 = load<u32>(STATE, 0), a1 = load<u32>(STATE, 4), a2 = load<u32>(STATE, 8), a3 = load<u32>(STATE, 12);
  let b0 = load<u32>(STATE, 16), b1 = load<u32>(STATE, 20), b2 = load<u32>(STATE, 24), b3 = load<u32>(STATE, 28);
  let c0 = load<u32>(STATE, 32), c1 = load<u32>(STATE, 36), c2 = load<u32>(STATE, 40), c3 = load<u32>(STATE, 44);
  let d0 = load<u32>(STATE, 48), d1 = load<u32>(STATE, 52), d2 = load<u32>(STATE, 56), d3 = load<u32>(STATE, 60);

  for (let twoRounds = 0; twoRounds < 10; twoRounds++) {
    // Columns.
    a0 += b0; a1 += b1; a2 += b2; a3 += b3;
    d0 = rotl(d0 ^ a0, 16); d1 = rotl(d1 ^ a1, 16); d2 = rotl(d2 ^ a2, 16); d3 = rotl(d3 ^ a3, 16);
    c0 += d0; c1 += d1; c2 += d2; c3 += d3;
    b0 = rotl(b0 ^ c0, 12); b1 = rotl(b1 ^ c1, 12); b2 = rotl(b2 ^ c2, 12); b3 = rotl(b3 ^ c3, 12);
    a0 += b0; a1 += b1; a2 += b2; a3 += b3;
    d0 = rotl(d0 ^ a0, 8); d1 = rotl(d1 ^ a1, 8); d2 = rotl(d2 ^ a2, 8); d3 = rotl(d3 ^ a3, 8);
    c0 += d0; c1 += d1; c2 += d2; c3 += d3;
    b0 = rotl(b0 ^ c0, 7); b1 = rotl(b1 ^ c1, 7); b2 = rotl(b2 ^ c2, 7); b3 = rotl(b3 ^ c3, 7);
    // Diagonals: column n takes b, c, d from one, two, three columns further.
    a0 += b1; a1 += b2; a2 += b3; a3 += b0;
    d3 = rotl(d3 ^ a0, 16); d0 = rotl(d0 ^ a1, 16); d1 = rotl(d1 ^ a2, 16); d2 = rotl(d2 ^ a3, 16);
    c2 += d3; c3 += d0; c0 += d1; c1 += d2;
    b1 = rotl(b1 ^ c2, 12); b2 = rotl(b2 ^ c3, 12); b3 = rotl(b3 ^ c0, 12); b0 = rotl(b0 ^ c1, 12);
    a0 += b1; a1 += b2; a2 += b3; a3 += b0;
    d3 = rotl(d3 ^ a0, 8); d0 = rotl(d0 ^ a1, 8); d1 = rotl(d1 ^ a2, 8); d2 = rotl(d2 ^ a3, 8);
    c2 += d3; c3 += d0; c0 += d1; c1 += d2;
    b1 = rotl(b1 ^ c2, 7); b2 = rotl(b2 ^ c3, 7); b3 = rotl(b3 ^ c0, 7); b0 = rotl(b0 ^ c1, 7);
  }

  store<u32>(out, a0, 0); store<u32>(out, a1, 4); store<u32>(out, a2, 8); store<u32>(out, a3, 12);
  store<u32>(out, b0, 16); store<u32>(out, b1, 20); store<u32>(out, b2, 24); store<u32>(out, b3, 28);
  store<u32>(out, c0, 32); store<u32>(out, c1, 36); store<u32>(out, c2, 40); store<u32>(out, c3, 44);
  store<u32>(out, d0, 48); store<u32>(out, d1, 52); store<u32>(out, d2, 56); store<u32>(out, d3, 60);
}

// Four blocks, a word of each in the lanes of one vector: the same rounds, four counters.

@inline
function splat(word: usize): v128 {
  return v128.load32_splat(STATE + word);
}
@inline
function plus(left: v128, right: v128): v128 {
  return i32x4.add(left, right);
}
/** Rotations by whole bytes are one shuffle; the others two shifts. */
@inline
function xorRotate16(left: v128, right: v128): v128 {
  const mixed = v128.xor(left, right);
  return i8x16.shuffle(mixed, mixed, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}
@inline
function xorRotate12(left: v128, right: v128): v128 {
  const mixed = v128.xor(left, right);
  return v128.or(i32x4.shl(mixed, 12), i32x4.shr_u(mixed, 20));
}
@inline
function xorRotate8(left: v128, right: v128): v128 {
  const mixed = v128.xor(left, right);
  return i8x16.shuffle(mixed, mixed, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14);
}
@inline
function xorRotate7(left: v128, right: v128): v128 {
  const mixed = v128.xor(left, right);
  return v128.or(i32x4.shl(mixed, 7), i32x4.shr_u(mixed, 25));
}

function xorFourBlocks(data: usize): void {
  const counters = plus(splat(48), i32x4(0, 1, 2, 3));
  let a0 = splat(0), a1 = splat(4), a2 = splat(8), a3 = splat(12);
  let b0 = splat(16), b1 = splat(20), b2 = splat(24), b3 = splat(28);
  let c0 = splat(32), c1 = splat(36), c2 = splat(40), c3 = splat(44);
  let d0 = counters, d1 = splat(52), d2 = splat(56), d3 = splat(60);

  for (let twoRounds = 0; twoRounds < 10; twoRounds++) {
    a0 = plus(a0, b0); a1 = plus(a1, b1); a2 = plus(a2, b2); a3 = plus(a3, b3);
    d0 = xorRotate16(d0, a0); d1 = xorRotate16(d1, a1); d2 = xorRotate16(d2, a2); d3 = xorRotate16(d3, a3);
    c0 = plus(c0, d0); c1 = plus(c1, d1); c2 = plus(c2, d2); c3 = plus(c3, d3);
    b0 = xorRotate12(b0, c0); b1 = xorRotate12(b1, c1); b2 = xorRotate12(b2, c2); b3 = xorRotate12(b3, c3);
    a0 = plus(a0, b0); a1 = plus(a1, b1); a2 = plus(a2, b2); a3 = plus(a3, b3);
    d0 = xorRotate8(d0, a0); d1 = xorRotate8(d1, a1); d2 = xorRotate8(d2, a2); d3 = xorRotate8(d3, a3);
    c0 = plus(c0, d0); c1 = plus(c1, d1); c2 = plus(c2, d2); c3 = plus(c3, d3);
    b0 = xorRotate7(b0, c0); b1 = xorRotate7(b1, c1); b2 = xorRotate7(b2, c2); b3 = xorRotate7(b3, c3);

    a0 = plus(a0, b1); a1 = plus(a1, b2); a2 = plus(a2, b3); a3 = plus(a3, b0);
    d3 = xorRotate16(d3, a0); d0 = xorRotate16(d0, a1); d1 = xorRotate16(d1, a2); d2 = xorRotate16(d2, a3);
    c2 = plus(c2, d3); c3 = plus(c3, d0); c0 = plus(c0, d1); c1 = plus(c1, d2);
    b1 = xorRotate12(b1, c2); b2 = xorRotate12(b2, c3); b3 = xorRotate12(b3, c0); b0 = xorRotate12(b0, c1);
    a0 = plus(a0, b1); a1 = plus(a1, b2); a2 = plus(a2, b3); a3 = plus(a3, b0);
    d3 = xorRotate8(d3, a0); d0 = xorRotate8(d0, a1); d1 = xorRotate8(d1, a2); d2 = xorRotate8(d2, a3);
    c2 = plus(c2, d3); c3 = plus(c3, d0); c0 = plus(c0, d1); c1 = plus(c1, d2);
    b1 = xorRotate7(b1, c2); b2 = xorRotate7(b2, c3); b3 = xorRotate7(b3, c0); b0 = xorRotate7(b0, c1);
  }

  xorRow(data, plus(a0, splat(0)), plus(a1, splat(4)), plus(a2, splat(8)), plus(a3, splat(12)));
  xorRow(data + 16, plus(b0, splat(16)), plus(b1, splat(20)), plus(b2, splat(24)), plus(b3, splat(28)));
  xorRow(data + 32, plus(c0, splat(32)), plus(c1, splat(36)), plus(c2, splat(40)), plus(c3, splat(44)));
  xorRow(data + 48, plus(d0, counters), plus(d1, splat(52)), plus(d2, splat(56)), plus(d3, splat(60)));
  skip(4);
}

/** One row of four blocks: four words of lane n go to the block n, 64 bytes further each. */
@inline
function xorRow(to: usize, word0: v128, word1: v128, word2: v128, word3: v128): void {
  const low01 = i32x4.shuffle(word0, word1, 0, 4, 1, 5), high01 = i32x4.shuffle(word0, word1, 2, 6, 3, 7);
  const low23 = i32x4.shuffle(word2, word3, 0, 4, 1, 5), high23 = i32x4.shuffle(word2, word3, 2, 6, 3, 7);
  xorInto(to, i64x2.shuffle(low01, low23, 0, 2));
  xorInto(to + 64, i64x2.shuffle(low01, low23, 1, 3));
  xorInto(to + 128, i64x2.shuffle(high01, high23, 0, 2));
  xorInto(to + 192, i64x2.shuffle(high01, high23, 1, 3));
}
@inline
function xorInto(to: usize, stream: v128): void {
  v128.store(to, v128.xor(v128.load(to), stream));
}
