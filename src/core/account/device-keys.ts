import { hexToBytes, type VaultId } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import type { Bytes } from '../../crypto/bytes.ts';
import {
  generateSignatureKeyPair,
  importSigningKey,
  type SignatureKeyPair,
  type SigningKey,
} from '../../crypto/ecdsa-p384.ts';
import { purge } from '../../crypto/keys.ts';
import { labelInfo, SEAL_LABELS } from '../../crypto/labels.ts';
import { unwrapSigningKey, wrapSigningKey, type WrappingKey } from '../../crypto/wrapped-signing-key.ts';
import type { DeviceKey } from '../../storage/repositories/device-keys-repository.ts';

/** A key pair of this device: the private half cannot be read, also not by us. */
export type OwnKey = { readonly publicKey: Bytes; readonly signingKey: SigningKey };

/** `signature` speaks in groups and chains, `mailbox` at the relay, `recovery` is what the 24 words give. */
export type KeyName = 'signature' | 'mailbox' | 'recovery';

type Wrapping = { readonly random: RandomBytes; readonly wrappingKey: WrappingKey; readonly vaultId: VaultId };

/** A fresh pair, as it is used and as it rests. */
export const createOwnKey = (
  wrapping: Wrapping,
  name: KeyName,
  createdAtMs: number,
): Promise<{ readonly key: OwnKey; readonly row: DeviceKey }> =>
  keepOwnKey(wrapping, name, generateSignatureKeyPair(wrapping.random), createdAtMs);

/** Wraps a pair that was derived elsewhere, and purges its secret. */
export const keepOwnKey = async (
  { random, wrappingKey, vaultId }: Wrapping,
  name: KeyName,
  pair: SignatureKeyPair,
  createdAtMs: number,
): Promise<{ readonly key: OwnKey; readonly row: DeviceKey }> => {
  const wrapped = await wrapSigningKey(random, wrappingKey, pair, place(vaultId, name, pair.publicKey));
  const key = { publicKey: pair.publicKey, signingKey: await importSigningKey(pair) };
  purge(pair.secretKey);
  return { key, row: { publicKey: pair.publicKey, wrapped, createdAtMs } };
};

/** Undefined where the row was not wrapped by this vault under this name. */
export const loadOwnKey = async (
  { wrappingKey, vaultId }: Omit<Wrapping, 'random'>,
  name: KeyName,
  row: DeviceKey,
): Promise<OwnKey | undefined> => {
  const publicKey = row.publicKey.slice();
  const signingKey = await unwrapSigningKey(wrappingKey, row.wrapped, place(vaultId, name, publicKey));
  return signingKey.ok ? { publicKey, signingKey: signingKey.value } : undefined;
};

const place = (vaultId: VaultId, name: KeyName, publicKey: Uint8Array): Bytes =>
  labelInfo(SEAL_LABELS.deviceSecret, [hexToBytes(vaultId), name, publicKey]);
