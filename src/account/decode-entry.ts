import { bytesToHex, type AccountId } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { hashId } from '../crypto/hash.ts';
import { HASH_LABELS } from '../crypto/labels.ts';
import { accountEntry, entryBody, type AccountEntry, type EntryBody } from '../wire/account-entry.ts';
import type { Malformed } from '../wire/cbor.ts';
import { decodeWith } from '../wire/schema.ts';

export const ENTRY_FORMAT = 1;
const MAX_ENTRY_BYTES = 8_192;

export interface DecodedEntry {
  readonly entry: AccountEntry;
  readonly body: EntryBody;
  /** Over the body without signatures: a signature can be made anew, and must not make a second history. */
  readonly hash: Bytes;
}

export const decodeEntry = (bytes: Uint8Array): Result<DecodedEntry, Malformed> => {
  if (bytes.length > MAX_ENTRY_BYTES) return err({ tag: 'malformed', detail: `entry of ${bytes.length} bytes` });
  const entry = decodeWith(accountEntry, bytes);
  if (!entry.ok) return entry;
  const body = decodeWith(entryBody, entry.value.body);
  if (!body.ok) return body;
  if (body.value.format !== ENTRY_FORMAT) return err({ tag: 'malformed', detail: 'unknown entry format' });
  return ok({ entry: entry.value, body: body.value, hash: hashEntryBody(entry.value.body) });
};

export const hashEntryBody = (body: Uint8Array): Bytes => hashId(HASH_LABELS.entryHash, body);

/** @param body of entry 0, without signatures */
export const toAccountId = (body: Uint8Array): AccountId =>
  bytesToHex(hashId(HASH_LABELS.accountId, body)) as AccountId;
