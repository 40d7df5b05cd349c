/**
 * The bytes of a vault header (docs/protocol/vault-header.md).
 *
 *   offset  bytes  field
 *   0       8      magic "SottoVLT"
 *   8       2      format version: 2 while the page key is renewed, else 1
 *   10      2      minReader: the oldest format version whose reader may open this; the same number
 *   12      2      suite
 *   14      4      length n of the body
 *   18      n      body, deterministic CBOR
 *   18+n    96     signature by the header key over everything before it
 *   114+n   32     SHA-256 of everything before it, in every version
 *
 * Integers are big-endian. The hash tells damage from a wrong password; it protects from nobody.
 */
import type { VaultId } from '../domain/ids.ts';
import { LIMITS } from '../domain/limits.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { concatBytes, equalBytes, utf8, type Bytes } from '../crypto/bytes.ts';
import { sign, SIGNATURE_BYTES, verify, type SigningKey } from '../crypto/ecdsa-p384.ts';
import { sha256 } from '../crypto/hash.ts';
import { SIGNATURE_LABELS } from '../crypto/labels.ts';
import { P384_POINT_BYTES } from '../crypto/p384.ts';
import { VAULT_SUITES } from '../crypto/suites.ts';
import { WRAPPED_SIGNING_KEY_BYTES } from '../crypto/wrapped-signing-key.ts';
import {
  bytes,
  decodeWith,
  encodeWith,
  field,
  id,
  list,
  optional,
  struct,
  text,
  uint,
  type Infer,
} from '../wire/schema.ts';

/** What this program reads. History: 1, the first; 2, with a second page key. */
export const HEADER_FORMAT_VERSION = 2;
/** Written wherever it is enough, so that a header is of format 2 only while it holds two page keys. */
const FIRST_FORMAT_VERSION = 1;
export const MAX_HEADER_BYTES = 65_536;
/** nonce 12 | key 32 | tag 16 */
export const WRAPPED_KEY_BYTES = 60;
/** nonce 12 | slot private key 48 | SHA-256 of the header public key 32 | tag 16 */
export const SEALED_PART_BYTES = 108;
/** R 32 | tag 16 */
export const SEALED_ROOT_BYTES = 48;

const MAGIC = utf8('SottoVLT');
const PREFIX_BYTES = 18;
const HASH_BYTES = 32;
const SMALLEST_BYTES = PREFIX_BYTES + SIGNATURE_BYTES + HASH_BYTES;

const slotSchema = struct({
  id: field(0, bytes(16)),
  kind: field(1, uint(255)),
  kdf: field(2, uint(255)),
  parameters: field(3, bytes(0, 1024)),
  salt: field(4, bytes(0, 64)),
  publicKey: field(5, bytes(P384_POINT_BYTES)),
  sealedPart: field(6, bytes(SEALED_PART_BYTES)),
  rootEnc: field(7, bytes(P384_POINT_BYTES)),
  rootCiphertext: field(8, bytes(SEALED_ROOT_BYTES)),
});

const bodySchema = struct({
  vaultId: field(0, id<VaultId>(16)),
  sequence: field(1, uint()),
  keyEpoch: field(2, uint(0xffff_ffff)),
  label: optional(3, text(LIMITS.nameBytes)),
  headerPublicKey: field(4, bytes(P384_POINT_BYTES)),
  wrappedHeaderKey: field(5, bytes(WRAPPED_SIGNING_KEY_BYTES)),
  wrappedPageKey: field(6, bytes(WRAPPED_KEY_BYTES)),
  wrappedAttachmentKey: field(7, bytes(WRAPPED_KEY_BYTES)),
  wrappedBackupKey: field(8, bytes(WRAPPED_KEY_BYTES)),
  wrappedDeviceKey: field(9, bytes(WRAPPED_KEY_BYTES)),
  slots: field(10, list(slotSchema, 8)),
  // What a later version adds and this one may carry along unread; anything else raises minReader.
  extensions: optional(11, bytes(0, 8192)),
  /** Of the key epoch before, while pages sealed under it may be left. Format 2. */
  wrappedPreviousPageKey: optional(12, bytes(WRAPPED_KEY_BYTES)),
});

export type Slot = Infer<typeof slotSchema>;
export type HeaderBody = Infer<typeof bodySchema>;
export type Header = { readonly format: number; readonly body: HeaderBody };

/** Why one copy is not a header: `damaged` happens by itself, `header-forged` does not. */
export type HeaderFault =
  | { readonly tag: 'header-damaged' }
  | { readonly tag: 'header-forged' }
  | { readonly tag: 'newer-format'; readonly minReader: number };

const formatOf = ({ wrappedPreviousPageKey }: HeaderBody): number =>
  wrappedPreviousPageKey === undefined ? FIRST_FORMAT_VERSION : HEADER_FORMAT_VERSION;

export const encodeHeader = async (header: HeaderBody, headerKey: SigningKey): Promise<Bytes> => {
  const body = encodeWith(bodySchema, header);
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(MAGIC);
  const view = new DataView(prefix.buffer);
  const format = formatOf(header);
  view.setUint16(8, format);
  view.setUint16(10, format);
  view.setUint16(12, VAULT_SUITES.p384Aes256GcmSha384);
  view.setUint32(14, body.length);
  const content = concatBytes(prefix, body);
  const signed = concatBytes(content, await sign(headerKey, SIGNATURE_LABELS.header, content));
  return concatBytes(signed, await sha256(signed));
};

/**
 * A header that is whole and signed by the header key *that it names itself*: whether that key is the vault's own is
 * known after unlocking only (password-slot.ts).
 */
export const decodeHeader = async (file: Uint8Array): Promise<Result<Header, HeaderFault>> => {
  if (!(await isWhole(file))) return err({ tag: 'header-damaged' });
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const format = view.getUint16(8);
  const minReader = view.getUint16(10);
  if (minReader > HEADER_FORMAT_VERSION) return err({ tag: 'newer-format', minReader });

  // From here on the file is as somebody wrote it: what does not fit was not written by us.
  const contentEnd = file.length - HASH_BYTES - SIGNATURE_BYTES;
  const isOurs =
    equalBytes(file.subarray(0, MAGIC.length), MAGIC) &&
    view.getUint16(12) === VAULT_SUITES.p384Aes256GcmSha384 &&
    view.getUint32(14) === contentEnd - PREFIX_BYTES;
  if (!isOurs) return err({ tag: 'header-forged' });
  const body = decodeWith(bodySchema, file.subarray(PREFIX_BYTES, contentEnd));
  if (!body.ok || formatOf(body.value) > minReader) return err({ tag: 'header-forged' });
  const content = file.subarray(0, contentEnd);
  const signature = file.subarray(contentEnd, contentEnd + SIGNATURE_BYTES);
  const isSigned = await verify(body.value.headerPublicKey, SIGNATURE_LABELS.header, content, signature);
  return isSigned ? ok({ format, body: body.value }) : err({ tag: 'header-forged' });
};

const isWhole = async (file: Uint8Array): Promise<boolean> => {
  if (file.length < SMALLEST_BYTES || file.length > MAX_HEADER_BYTES) return false;
  const hashAt = file.length - HASH_BYTES;
  return equalBytes(await sha256(file.subarray(0, hashAt)), file.subarray(hashAt));
};
