/** What is signed for an account's entries, and by whom (docs/protocol/account.md, "Signatures"). */
import type { AccountId } from '../domain/ids.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { sign, verify, type SigningKey } from '../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../crypto/labels.ts';
import { deviceStatement, signedEntryBody, type DeviceStatement, type EntryBody } from '../wire/account-entry.ts';
import { encodeWith } from '../wire/schema.ts';

const LABEL_BY_KIND = {
  genesis: SIGNATURE_LABELS.account0,
  device: SIGNATURE_LABELS.accountEntry,
  recovery: SIGNATURE_LABELS.accountRecovery,
} as const;

export const signEntryBody = (
  key: SigningKey,
  kind: EntryBody['kind'],
  accountId: AccountId,
  body: Bytes,
): Promise<Bytes> => sign(key, LABEL_BY_KIND[kind], encodeWith(signedEntryBody, { accountId, body }));

export const verifyEntryBody = (
  publicKey: Uint8Array,
  kind: EntryBody['kind'],
  accountId: AccountId,
  body: Bytes,
  signature: Uint8Array,
): Promise<boolean> =>
  verify(publicKey, LABEL_BY_KIND[kind], encodeWith(signedEntryBody, { accountId, body }), signature);

/**
 * A new device's own word that it wants to belong to this account, after this entry: nobody can list a key that is not
 * willing, nor list it elsewhere.
 */
export const signDeviceStatement = (key: SigningKey, statement: DeviceStatement): Promise<Bytes> =>
  sign(key, SIGNATURE_LABELS.accountAdd, encodeWith(deviceStatement, statement));

export const verifyDeviceStatement = (statement: DeviceStatement, signature: Uint8Array): Promise<boolean> =>
  verify(statement.keys.signatureKey, SIGNATURE_LABELS.accountAdd, encodeWith(deviceStatement, statement), signature);
