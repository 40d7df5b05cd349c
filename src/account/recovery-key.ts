import type { SignatureKeyPair, SignatureSecretKey } from '../crypto/ecdsa-p384.ts';
import { deriveBytes } from '../crypto/hkdf.ts';
import { KDF_LABELS } from '../crypto/labels.ts';
import { SCALAR_SEED_BYTES, scalarToPoint, seedToScalar } from '../crypto/p384.ts';
import { purge } from '../crypto/keys.ts';

/** The entropy that 24 words write down. */
export const RECOVERY_ENTROPY_BYTES = 32;

/**
 * The account's recovery key: a pure function of the words, on every device and for ever. The caller purges both
 * secrets.
 * @throws RangeError if `entropy` has not 32 bytes
 */
export const deriveRecoveryKey = async (entropy: Uint8Array): Promise<SignatureKeyPair> => {
  if (entropy.length !== RECOVERY_ENTROPY_BYTES) throw new RangeError('24 words are 32 bytes');
  const seed = await deriveBytes(entropy, KDF_LABELS.recoveryKey, [], SCALAR_SEED_BYTES);
  const secretKey = seedToScalar(seed) as unknown as SignatureSecretKey;
  purge(seed);
  return { secretKey, publicKey: scalarToPoint(secretKey) };
};
