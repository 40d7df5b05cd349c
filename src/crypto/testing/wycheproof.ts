/**
 * Wycheproof (C2SP/wycheproof, testvectors_v1) through our own wrappers. A case passes where the wrapper does what the
 * vector says; cases outside our suite (other key, nonce or tag sizes) must be refused by the wrapper, never computed.
 */
import { hexToBytes } from '../../domain/ids.ts';
import { importAesKey, openAesGcm, openWithNonce, sealWithNonce } from '../aes-gcm.ts';
import { concatBytes, equalBytes, type Bytes } from '../bytes.ts';
import { verifyBytes } from '../ecdsa-p384.ts';
import { ecdh, importEcdhPrivateKey, toEcdhKeyPair, type EcdhSecretKey } from '../ecdh-p384.ts';
import { hkdfExpand, hkdfExtract } from '../hkdf.ts';
import { hmacSha384, verifyHmacSha384 } from '../hmac.ts';
import { toKey, type PageKey } from '../keys.ts';
import { P384_SCALAR_BYTES } from '../p384.ts';
import { wasmBytes } from '../page-aead-wasm.ts';
import { createNoblePageCipher } from '../page-cipher-noble.ts';
import { PAGE_NONCE_BYTES, PAGE_OVERHEAD_BYTES, type PageCipher } from '../page-cipher.ts';
import { pbkdf2HmacSha512 } from '../pbkdf2-unbounded.ts';
import { stretchPassword } from '../pbkdf2.ts';
import type { WasmBuild } from '../xchacha20-poly1305/binaries.ts';
import { createChachaEngine, type ChachaEngine } from '../xchacha20-poly1305/engine.ts';
import { makeWasmPageCipher } from './make-wasm-page-cipher.ts';
import type { MakePageCipher } from './page-cipher-contract.ts';

type Group = Readonly<Record<string, unknown>>;
type Case = Readonly<Record<string, string>> & {
  readonly tcId: number;
  readonly result: 'valid' | 'invalid' | 'acceptable';
  readonly size: number;
  readonly iterationCount: number;
  readonly dkLen: number;
};
export type WycheproofFile = { readonly testGroups: readonly (Group & { readonly tests: readonly Case[] })[] };

/** True where our wrapper did what the vector says. */
type Check = (test: Case, group: Group) => Promise<boolean>;

export type WycheproofSet = {
  readonly file: string;
  /** Where several implementations take the same file. */
  readonly by?: string;
  /** How many cases the file holds: a shorter file must not pass for a complete run. */
  readonly cases: number;
  readonly check: Check;
};

/** Runs every case; the answer lists those that went wrong. */
export const runWycheproof = async (set: WycheproofSet, file: WycheproofFile): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (const group of file.testGroups) {
    for (const test of group.tests) {
      if (!(await set.check(test, group))) failures.push(`${set.file} case ${test.tcId}: ${test.comment ?? ''}`);
    }
  }
  return failures;
};

export const countCases = (file: WycheproofFile): number =>
  file.testGroups.reduce((count, group) => count + group.tests.length, 0);

const bytesOf = (hex: string | undefined): Bytes => {
  if (hex === undefined) throw new Error('a field of the vector is missing');
  return hexToBytes(hex);
};

const throwsRangeError = async (task: () => Promise<unknown>): Promise<boolean> => {
  try {
    await task();
    return false;
  } catch (error) {
    return error instanceof RangeError;
  }
};

const checkAesGcm: Check = async (test, group) => {
  const raw = bytesOf(test.key);
  if (group.keySize !== 256) return throwsRangeError(() => importAesKey(raw));
  const key = await importAesKey(raw);
  const [nonce, associatedData, message] = [bytesOf(test.iv), bytesOf(test.aad), bytesOf(test.msg)];
  const sealed = concatBytes(bytesOf(test.ct), bytesOf(test.tag));
  const opened = await openWithNonce(key, nonce, sealed, associatedData);
  if (group.ivSize !== 96) {
    return !opened.ok && (await throwsRangeError(() => sealWithNonce(key, nonce, message, associatedData)));
  }
  const openedAsStored = await openAesGcm(key, concatBytes(nonce, sealed), associatedData);
  if (test.result === 'invalid') return !opened.ok && !openedAsStored.ok;
  return (
    opened.ok &&
    equalBytes(opened.value, message) &&
    openedAsStored.ok &&
    equalBytes(await sealWithNonce(key, nonce, message, associatedData), sealed)
  );
};

const checkEcdh: Check = async (test) => {
  const scalar = toScalar(bytesOf(test.private));
  const key = await importEcdhPrivateKey(toEcdhKeyPair(scalar));
  const shared = await ecdh(key, bytesOf(test.public));
  // "acceptable" is a compressed point: right on the curve, but a second encoding of the same key.
  return test.result === 'valid' ? shared !== undefined && equalBytes(shared, bytesOf(test.shared)) : !shared;
};

/** The vectors write scalars as signed or shortened integers. */
const toScalar = (integer: Bytes): EcdhSecretKey => {
  const scalar = new Uint8Array(P384_SCALAR_BYTES);
  const digits = integer.length > P384_SCALAR_BYTES ? integer.subarray(integer.length - P384_SCALAR_BYTES) : integer;
  scalar.set(digits, P384_SCALAR_BYTES - digits.length);
  return scalar as unknown as EcdhSecretKey;
};

const checkEcdsa: Check = async (test, group) => {
  const { uncompressed } = group.publicKey as { readonly uncompressed: string };
  const isValid = await verifyBytes(bytesOf(uncompressed), bytesOf(test.msg), bytesOf(test.sig));
  return isValid === (test.result === 'valid');
};

const checkHkdf: Check = async (test) => {
  const derive = async () => hkdfExpand(await hkdfExtract(bytesOf(test.salt), bytesOf(test.ikm)), info, test.size);
  const info = bytesOf(test.info);
  return test.result === 'valid' ? equalBytes(await derive(), bytesOf(test.okm)) : throwsRangeError(derive);
};

const checkHmac: Check = async (test, group) => {
  const [key, message, tag] = [bytesOf(test.key), bytesOf(test.msg), bytesOf(test.tag)];
  const full = await hmacSha384(key, message);
  const isRight = equalBytes(full.subarray(0, tag.length), tag);
  const isAccepted = await verifyHmacSha384(key, message, tag);
  return isRight === (test.result === 'valid') && isAccepted === (isRight && group.tagSize === 384);
};

const checkPbkdf2: Check = async (test) => {
  const [password, salt] = [bytesOf(test.password), bytesOf(test.salt)];
  const derived = await pbkdf2HmacSha512(password, salt, test.iterationCount, test.dkLen);
  return (
    equalBytes(derived, bytesOf(test.dk)) &&
    (await throwsRangeError(() => stretchPassword('password', salt, test.iterationCount)))
  );
};

/** For every implementation of the page cipher. */
const xchacha20Poly1305Set = (by: string, make: MakePageCipher): WycheproofSet => ({
  file: 'xchacha20_poly1305_test.json',
  by,
  cases: 315,
  check: (test) => Promise.resolve(checkPageCipher(make, test)),
});

/** For the half of the WebAssembly module that stands in RFC 8439; it also has the hard sums of Poly1305. */
const chacha20Poly1305Set = (build: WasmBuild): WycheproofSet => ({
  file: 'chacha20_poly1305_test.json',
  by: build,
  cases: 325,
  check: (test) => checkIetf(createChachaEngine(wasmBytes(build)), test),
});

const checkIetf = async (engine: ChachaEngine, test: Case): Promise<boolean> => {
  const [key, nonce, message, associatedData] = [
    bytesOf(test.key),
    bytesOf(test.iv),
    bytesOf(test.msg),
    bytesOf(test.aad),
  ];
  const expected = concatBytes(bytesOf(test.ct), bytesOf(test.tag));
  const [sealed, opened] = [new Uint8Array(expected.length), new Uint8Array(message.length).fill(0xaa)];
  if (nonce.length !== 12) {
    return throwsRangeError(async () => engine.openIetf(key, nonce, associatedData, expected, opened));
  }
  const isOpen = engine.openIetf(key, nonce, associatedData, expected, opened);
  if (test.result === 'invalid') return !isOpen && opened.every((byte) => byte === 0xaa);
  engine.sealIetf(key, nonce, associatedData, message, sealed);
  return isOpen && equalBytes(opened, message) && equalBytes(sealed, expected);
};

const checkPageCipher = (make: MakePageCipher, test: Case): boolean => {
  const [nonce, message, associatedData] = [bytesOf(test.iv), bytesOf(test.msg), bytesOf(test.aad)];
  const cipher = make((length) => repeat(nonce, length), toKey<PageKey>(bytesOf(test.key)));
  const record = concatBytes(bytesOf(test.ct), nonce, bytesOf(test.tag));
  if (nonce.length !== PAGE_NONCE_BYTES) return throwsOrRefuses(cipher, record, associatedData, message.length);
  const opened = new Uint8Array(message.length);
  const isOpen = cipher.open(record, associatedData, opened);
  if (test.result === 'invalid') return !isOpen;
  const sealed = new Uint8Array(message.length + PAGE_OVERHEAD_BYTES);
  cipher.seal(message, associatedData, sealed);
  return isOpen && equalBytes(opened, message) && equalBytes(sealed, record);
};

const throwsOrRefuses = (cipher: PageCipher, record: Bytes, associatedData: Bytes, length: number): boolean => {
  try {
    return !cipher.open(record, associatedData, new Uint8Array(length));
  } catch (error) {
    return error instanceof RangeError;
  }
};

const repeat = (bytes: Bytes, length: number): Bytes => {
  const repeated = new Uint8Array(length);
  for (let offset = 0; offset < length && bytes.length > 0; offset += bytes.length) repeated.set(bytes, offset);
  return repeated;
};

export const WYCHEPROOF_SETS: readonly WycheproofSet[] = [
  { file: 'aes_gcm_test.json', cases: 316, check: checkAesGcm },
  { file: 'ecdh_secp384r1_ecpoint_test.json', cases: 790, check: checkEcdh },
  { file: 'ecdsa_secp384r1_sha384_p1363_test.json', cases: 280, check: checkEcdsa },
  { file: 'hkdf_sha384_test.json', cases: 83, check: checkHkdf },
  { file: 'hmac_sha384_test.json', cases: 174, check: checkHmac },
  { file: 'pbkdf2_hmacsha512_test.json', cases: 58, check: checkPbkdf2 },
  xchacha20Poly1305Set('noble', (random, key) => createNoblePageCipher({ random }, { key })),
  xchacha20Poly1305Set('simd', makeWasmPageCipher('simd')),
  xchacha20Poly1305Set('scalar', makeWasmPageCipher('scalar')),
  chacha20Poly1305Set('simd'),
  chacha20Poly1305Set('scalar'),
];
