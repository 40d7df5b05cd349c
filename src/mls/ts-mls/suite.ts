/** Cipher suite 7 (RFC 9420 §17.1) over src/crypto: WebCrypto in every engine, the random source injected. */
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha384 as nobleSha384 } from '@noble/hashes/sha2.js';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import type { Kdf } from 'ts-mls/crypto/kdf.js';
import type { Signature } from 'ts-mls/crypto/signature.js';
import { bytesToHex } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import { importVerificationKey, verifyWithKey, type VerificationKey } from '../../crypto/ecdsa-p384.ts';
import { sha384 } from '../../crypto/hash.ts';
import { HKDF_HASH_BYTES } from '../../crypto/hkdf.ts';
import { hmacSha384, verifyHmacSha384 } from '../../crypto/hmac.ts';
import type { DeviceSigner } from '../engine.ts';
import { derToRaw, rawToDer } from './der-signature.ts';
import { createHpke } from './hpke-suite.ts';

export const SUITE_NAME = 'MLS_256_DHKEMP384_AES256GCM_SHA384_P384';
/** Stands where ts-mls expects the private signature key: the key itself is not in this process's memory. */
export const SIGNING_KEY_HANDLE = Uint8Array.of(0);
const CACHED_KEYS = 1_024;

/**
 * HKDF-SHA-384 in JavaScript. MLS derives hundreds of short secrets per commit and five per message; WebCrypto would
 * import a key and wait for another thread twice for each, at five times the cost.
 */
const kdf: Kdf = {
  size: HKDF_HASH_BYTES,
  extract: async (salt, inputKey) => extract(nobleSha384, inputKey, salt),
  expand: async (pseudorandomKey, info, length) => expand(nobleSha384, pseudorandomKey, info, length),
};

export const createSuite = (deps: {
  readonly random: RandomBytes;
  readonly signer: Pick<DeviceSigner, 'publicKey' | 'sign'>;
}): CiphersuiteImpl => ({
  name: SUITE_NAME,
  rng: { randomBytes: deps.random },
  hash: { digest: sha384, mac: hmacSha384, verifyMac: (key, mac, data) => verifyHmacSha384(key, data, mac) },
  kdf,
  hpke: createHpke(deps.random),
  signature: createSignature(deps.signer),
});

const createSignature = (signer: Pick<DeviceSigner, 'publicKey' | 'sign'>): Signature => {
  const verificationKeys = new Map<string, VerificationKey>();

  /** Importing a point costs as much as verifying with it, and a group's points are few. */
  const cachedKey = async (publicKey: Uint8Array): Promise<VerificationKey | undefined> => {
    const name = bytesToHex(publicKey);
    const cached = verificationKeys.get(name);
    if (cached !== undefined) return cached;
    const key = await importVerificationKey(publicKey);
    if (key === undefined) return undefined;
    if (verificationKeys.size >= CACHED_KEYS) verificationKeys.clear();
    verificationKeys.set(name, key);
    return key;
  };

  return {
    keygen: async () => ({ publicKey: signer.publicKey, signKey: SIGNING_KEY_HANDLE }),
    sign: async (_handle, message) => rawToDer(await signer.sign(message)),
    async verify(publicKey, message, signature) {
      const raw = derToRaw(signature);
      const key = raw && (await cachedKey(publicKey));
      return raw !== undefined && key !== undefined && verifyWithKey(key, message, raw);
    },
  };
};
