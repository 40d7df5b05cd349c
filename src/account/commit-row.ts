/**
 * What the relay signs for each commit that it takes (docs/protocol/groups.md, "Commit rows"), as a client checks it. The
 * signature is what makes an order the relay's word: two rows for one place, both signed, prove that it told two stories.
 */
import { err, ok, type Result } from '../domain/result.ts';
import { equalBytes } from '../crypto/bytes.ts';
import { verify } from '../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../crypto/labels.ts';
import { commitRow, type CommitRow, type SignedRow } from '../wire/relay-api.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import { badSignature, outOfPlace, type AccountError } from './account-error.ts';

/**
 * @param relayKey of the relay that the account's chain names by its hash
 * @param expected what the checker knows of the commit that the row is shown for; anything else is `out-of-place`
 */
export const verifyCommitRow = async (
  relayKey: Uint8Array,
  { row: bytes, signature }: SignedRow,
  expected: Partial<CommitRow>,
): Promise<Result<CommitRow, AccountError>> => {
  const decoded = decodeWith(commitRow, bytes);
  if (!decoded.ok) return decoded;
  if (!(await verify(relayKey, SIGNATURE_LABELS.commitRow, bytes, signature))) return err(badSignature);
  const row = decoded.value;
  // One value has one encoding: the row with what was expected put in its place is the same row.
  return equalBytes(encodeWith(commitRow, { ...row, ...expected }), bytes) ? ok(row) : err(outOfPlace);
};
