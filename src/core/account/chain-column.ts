import { LIMITS } from '../../domain/limits.ts';
import { verifyChain, type AccountChain } from '../../account/chain.ts';
import type { Bytes } from '../../crypto/bytes.ts';
import { bytes, decodeWith, encodeWith, list } from '../../wire/schema.ts';

/** How a chain rests in the database: the list of its entries. */
const column = list(bytes(1, 8_192), LIMITS.accountEntries);

export const chainToColumn = (chain: AccountChain): Bytes => encodeWith(column, chain.entries);

/** @throws if it does not verify: nothing unverified was ever written there, and pages are sealed */
export const columnToChain = async (stored: Uint8Array): Promise<AccountChain> => {
  const entries = decodeWith(column, stored);
  const chain = entries.ok ? await verifyChain(entries.value) : entries;
  if (!chain.ok) throw new Error(`a stored chain does not verify: ${chain.error.tag}`);
  return chain.value;
};
