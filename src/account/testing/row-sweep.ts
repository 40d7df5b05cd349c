/** Commit rows as somebody between relay and client could alter them, or as a relay could show them for another commit. */
import type { GroupId, MailboxId } from '../../domain/ids.ts';
import { ok } from '../../domain/result.ts';
import { generateSignatureKeyPair, importSigningKey, sign } from '../../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../../crypto/labels.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { commitRow, type CommitRow, type SignedRow } from '../../wire/relay-api.ts';
import { decodeWith, encodeWith } from '../../wire/schema.ts';
import { verifyCommitRow } from '../commit-row.ts';

/** For the control: what stands in the row is believed, whoever signed it. */
export const believeRow: typeof verifyCommitRow = async (_relayKey, signed) => {
  const row = decodeWith(commitRow, signed.row);
  return row.ok ? ok(row.value) : row;
};

const ROW: CommitRow = {
  groupId: '0123456789abcdef0123456789abcdef' as GroupId,
  sequence: 7,
  commitHash: new Uint8Array(32).fill(1),
  base: 5,
  recipients: ['11', '22'].map((byte) => byte.repeat(32) as MailboxId),
  capabilityHash: new Uint8Array(32).fill(2),
  incarnation: new Uint8Array(16).fill(3),
};

const OTHERS: readonly Partial<CommitRow>[] = [
  { groupId: 'fedcba9876543210fedcba9876543210' as GroupId },
  { sequence: 8 },
  { commitHash: new Uint8Array(32).fill(9) },
  { base: 6 },
  { recipients: ROW.recipients.slice(1) },
  { capabilityHash: new Uint8Array(32).fill(9) },
];

/** @param checks lets a control put a careless check in place of ours */
export const sweepRows = async (
  seed: number,
  asked: number,
  checks: typeof verifyCommitRow = verifyCommitRow,
): Promise<{ readonly tried: number; readonly bad: number; readonly example: string | undefined }> => {
  const random = createSeededRandom(`rows ${seed}`);
  const [relay, stranger] = [generateSignatureKeyPair(random), generateSignatureKeyPair(random)];
  const [relayKey, strangersKey] = [await importSigningKey(relay), await importSigningKey(stranger)];
  const row = encodeWith(commitRow, ROW);
  const good: SignedRow = { row, signature: await sign(relayKey, SIGNATURE_LABELS.commitRow, row) };
  const altered = async (change: Partial<CommitRow>): Promise<SignedRow> => ({
    ...good,
    row: encodeWith(commitRow, { ...ROW, ...change }),
  });
  const flipped = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
    const [high = 0, low = 0, bit = 0] = random(3);
    const copy = bytes.slice();
    copy[((high << 8) | low) % copy.length]! ^= 1 << (bit % 8);
    return copy;
  };

  let [tried, bad] = [0, 0];
  let example: string | undefined;
  const expect = async (name: string, isTaken: boolean, signed: SignedRow, expected = ROW as Partial<CommitRow>) => {
    tried += 1;
    if ((await checks(relay.publicKey, signed, expected)).ok === isTaken) return;
    bad += 1;
    example ??= name;
  };

  await expect('as it was signed', true, good);
  await expect('of a commit of which only the place is known', true, good, { sequence: ROW.sequence });
  while (tried < asked) {
    const [choice = 0] = random(1);
    const other = OTHERS[choice % OTHERS.length]!;
    const name = Object.keys(other).join();
    await expect(`another ${name}, unsigned`, false, await altered(other), { ...ROW, ...other });
    await expect(`shown for a commit with another ${name}`, false, good, { ...ROW, ...other });
    await expect('a bit of the row flipped', false, { ...good, row: flipped(row) }, {});
    await expect('a bit of the signature flipped', false, { ...good, signature: flipped(good.signature) });
    const byStranger = await sign(strangersKey, SIGNATURE_LABELS.commitRow, row);
    await expect('signed by another key', false, { row, signature: byStranger });
    const asLogin = await sign(relayKey, SIGNATURE_LABELS.login, row);
    await expect('signed under another label', false, { row, signature: asLogin });
  }
  return { tried, bad, example };
};
