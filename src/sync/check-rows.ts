/** Whether the relay puts its name to the order that it hands out (docs/protocol/groups.md, "What a client makes of it"). */
import { verifyCommitRow } from '../account/commit-row.ts';
import { sha256 } from '../crypto/hash.ts';
import { envelope, envelopeHeader } from '../wire/envelope.ts';
import type { InboxItem } from '../wire/relay-api.ts';
import { decodeWith } from '../wire/schema.ts';

/**
 * The items that may be taken: each handshake and Welcome stands on a row that the relay signed for this very commit. Any
 * other has no place in any order, so it is left where it is, neither taken nor acknowledged, as if it had been withheld.
 */
export const withSignedOrder = async (
  relayKey: Uint8Array,
  items: readonly InboxItem[],
): Promise<readonly InboxItem[]> => {
  const ordered: InboxItem[] = [];
  for (const item of items) {
    const header = readHeader(item);
    if (header?.class !== 'handshake' && header?.class !== 'welcome') {
      ordered.push(item);
      continue;
    }
    if (item.row === undefined) continue;
    const { groupId, sequence } = item;
    const place = { groupId, sequence };
    const verified = await verifyCommitRow(
      relayKey,
      item.row,
      // Nothing authenticates the header of a Welcome, and who joins has not seen the commit.
      header.class === 'welcome' ? place : { ...place, commitHash: await sha256(item.envelope), base: header.base },
    );
    if (verified.ok) ordered.push(item);
  }
  return ordered;
};

const readHeader = (item: InboxItem) => {
  const parts = decodeWith(envelope, item.envelope);
  const header = parts.ok ? decodeWith(envelopeHeader, parts.value.header) : undefined;
  return header?.ok === true ? header.value : undefined;
};
