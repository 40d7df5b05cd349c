/** What a device signs with its mailbox key when it speaks to the relay (docs/protocol/relay-api.md). */
import { err, ok, type Result } from '../domain/result.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { sign, verify, type SigningKey } from '../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS, type SignatureLabel } from '../crypto/labels.ts';
import { keyPackageList, loginStatement } from '../wire/relay-api.ts';
import { decodeWith, encodeWith, type Infer, type Schema } from '../wire/schema.ts';
import { badSignature, type AccountError } from './account-error.ts';

export type LoginStatement = Infer<typeof loginStatement>;
export type KeyPackageList = Infer<typeof keyPackageList>;
export type Signed = { readonly content: Bytes; readonly signature: Bytes };

export const signLogin = (mailboxKey: SigningKey, statement: LoginStatement): Promise<Signed> =>
  signStatement(mailboxKey, SIGNATURE_LABELS.login, loginStatement, statement);

/** The signature only: nonces, times and ids are compared by the relay that gave them out. */
export const verifyLogin = (
  mailboxKey: Uint8Array,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<Result<LoginStatement, AccountError>> =>
  verifyStatement(mailboxKey, SIGNATURE_LABELS.login, loginStatement, content, signature);

export const signKeyPackageList = (mailboxKey: SigningKey, list: KeyPackageList): Promise<Signed> =>
  signStatement(mailboxKey, SIGNATURE_LABELS.keyPackageList, keyPackageList, list);

export const verifyKeyPackageList = (
  mailboxKey: Uint8Array,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<Result<KeyPackageList, AccountError>> =>
  verifyStatement(mailboxKey, SIGNATURE_LABELS.keyPackageList, keyPackageList, content, signature);

const signStatement = async <T>(
  key: SigningKey,
  label: SignatureLabel,
  schema: Schema<T>,
  statement: T,
): Promise<Signed> => {
  const content = encodeWith(schema, statement);
  return { content, signature: await sign(key, label, content) };
};

const verifyStatement = async <T>(
  publicKey: Uint8Array,
  label: SignatureLabel,
  schema: Schema<T>,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<Result<T, AccountError>> => {
  const decoded = decodeWith(schema, content);
  if (!decoded.ok) return decoded;
  return (await verify(publicKey, label, content, signature)) ? ok(decoded.value) : err(badSignature);
};
