/**
 * R, the root key. Its bytes exist only while a header is made or rewritten; everything else works with a handle that
 * derives one wrapping key for each thing that R protects and cannot be read.
 */
import { hexToBytes } from '../domain/ids.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { importAesKey, openAesGcm, sealAesGcm } from '../crypto/aes-gcm.ts';
import type { Bytes } from '../crypto/bytes.ts';
import type { SignatureKeyPair, SigningKey } from '../crypto/ecdsa-p384.ts';
import { deriveBytesFromKey, type DerivationKey } from '../crypto/hkdf.ts';
import {
  generateKey,
  KEY_BYTES,
  purge,
  toKey,
  type AttachmentKey,
  type BackupKey,
  type DeviceWrapKey,
  type PageKey,
} from '../crypto/keys.ts';
import { KDF_LABELS, labelInfo, type KdfLabel } from '../crypto/labels.ts';
import { importWrappingKey, unwrapSigningKey, wrapSigningKey } from '../crypto/wrapped-signing-key.ts';
import type { CborValue } from '../wire/cbor.ts';
import type { HeaderBody } from './header-format.ts';

/** The four keys that a vault is there for: random, separate, each wrapped under R by a label of its own. */
export type VaultKeys = {
  readonly page: PageKey;
  /** Of the key epoch before, while pages sealed under it may be left. */
  readonly previousPage?: PageKey;
  readonly attachment: AttachmentKey;
  readonly backup: BackupKey;
  readonly device: DeviceWrapKey;
};

export type WrappedKeys = Pick<
  HeaderBody,
  'wrappedPageKey' | 'wrappedPreviousPageKey' | 'wrappedAttachmentKey' | 'wrappedBackupKey' | 'wrappedDeviceKey'
>;

type Place = Pick<HeaderBody, 'vaultId' | 'keyEpoch'>;

const placeBefore = ({ vaultId, keyEpoch }: Place): Place => ({ vaultId, keyEpoch: keyEpoch - 1 });

export const generateVaultKeys = (random: RandomBytes): VaultKeys => ({
  page: generateKey<PageKey>(random),
  attachment: generateKey<AttachmentKey>(random),
  backup: generateKey<BackupKey>(random),
  device: generateKey<DeviceWrapKey>(random),
});

export const purgeVaultKeys = (keys: VaultKeys): void => {
  purge(keys.page, keys.attachment, keys.backup, keys.device);
  if (keys.previousPage !== undefined) purge(keys.previousPage);
};

export const wrapVaultKeys = async (
  random: RandomBytes,
  root: DerivationKey,
  place: Place,
  keys: VaultKeys,
): Promise<WrappedKeys> => {
  const wrap = async (label: KdfLabel, key: Bytes, at: Place = place): Promise<Bytes> => {
    const context = wrapContext(at);
    const wrappingKey = await importDerived(root, label, context, importAesKey);
    return sealAesGcm(random, wrappingKey, key, labelInfo(label, context));
  };
  return {
    wrappedPageKey: await wrap(KDF_LABELS.wrapPage, keys.page),
    ...(keys.previousPage && {
      wrappedPreviousPageKey: await wrap(KDF_LABELS.wrapPage, keys.previousPage, placeBefore(place)),
    }),
    wrappedAttachmentKey: await wrap(KDF_LABELS.wrapAttachment, keys.attachment),
    wrappedBackupKey: await wrap(KDF_LABELS.wrapBackup, keys.backup),
    wrappedDeviceKey: await wrap(KDF_LABELS.wrapDevice, keys.device),
  };
};

/** `undefined` where a wrap is not authentic. */
export const unwrapVaultKeys = async (root: DerivationKey, body: HeaderBody): Promise<VaultKeys | undefined> => {
  const unwrap = async (label: KdfLabel, wrapped: Bytes, at: Place = body): Promise<Bytes | undefined> => {
    const context = wrapContext(at);
    const wrappingKey = await importDerived(root, label, context, importAesKey);
    const opened = await openAesGcm(wrappingKey, wrapped, labelInfo(label, context));
    return opened.ok ? opened.value : undefined;
  };
  const { wrappedPreviousPageKey } = body;
  const [page, attachment, backup, device, previousPage] = await Promise.all([
    unwrap(KDF_LABELS.wrapPage, body.wrappedPageKey),
    unwrap(KDF_LABELS.wrapAttachment, body.wrappedAttachmentKey),
    unwrap(KDF_LABELS.wrapBackup, body.wrappedBackupKey),
    unwrap(KDF_LABELS.wrapDevice, body.wrappedDeviceKey),
    wrappedPreviousPageKey && unwrap(KDF_LABELS.wrapPage, wrappedPreviousPageKey, placeBefore(body)),
  ]);
  if (!page || !attachment || !backup || !device) return undefined;
  if (wrappedPreviousPageKey !== undefined && !previousPage) return undefined;
  return {
    page: toKey<PageKey>(page),
    ...(previousPage && { previousPage: toKey<PageKey>(previousPage) }),
    attachment: toKey<AttachmentKey>(attachment),
    backup: toKey<BackupKey>(backup),
    device: toKey<DeviceWrapKey>(device),
  };
};

export const wrapHeaderKey = async (
  random: RandomBytes,
  root: DerivationKey,
  place: Place,
  pair: SignatureKeyPair,
): Promise<Bytes> => {
  const context = [...wrapContext(place), pair.publicKey];
  const wrappingKey = await importDerived(root, KDF_LABELS.wrapHeader, context, importWrappingKey);
  return wrapSigningKey(random, wrappingKey, pair, labelInfo(KDF_LABELS.wrapHeader, context));
};

/** `undefined` where R did not wrap a header key for this public key: this proves the key that signs the header. */
export const unwrapHeaderKey = async (root: DerivationKey, body: HeaderBody): Promise<SigningKey | undefined> => {
  const context = [...wrapContext(body), body.headerPublicKey];
  const wrappingKey = await importDerived(root, KDF_LABELS.wrapHeader, context, importWrappingKey);
  const info = labelInfo(KDF_LABELS.wrapHeader, context);
  const unwrapped = await unwrapSigningKey(wrappingKey, body.wrappedHeaderKey, info);
  return unwrapped.ok ? unwrapped.value : undefined;
};

const wrapContext = (place: Place): readonly CborValue[] => [hexToBytes(place.vaultId), place.keyEpoch];

const importDerived = async <Key>(
  root: DerivationKey,
  label: KdfLabel,
  context: readonly CborValue[],
  importKey: (raw: Uint8Array) => Promise<Key>,
): Promise<Key> => {
  const raw = await deriveBytesFromKey(root, label, context, KEY_BYTES);
  const key = await importKey(raw);
  purge(raw);
  return key;
};
