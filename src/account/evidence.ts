import { bytesToHex, type AccountId } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { outOfPlace, type AccountError } from './account-error.ts';
import { extendChain, verifyChain, type AccountChain } from './chain.ts';
import { decodeEntry } from './decode-entry.ts';

export type AccountChains = ReadonlyMap<AccountId, AccountChain>;

/**
 * The chains that members hold after a handshake: `known`, with every entry that travelled along (docs/protocol/
 * envelope.md, "Evidence"). Entries of several accounts may be mixed; each stands after its predecessor. It is a pure
 * function, so everybody who applied the same handshakes holds the same chains.
 */
export const applyEvidence = async (
  known: AccountChains,
  evidence: readonly Uint8Array[],
): Promise<Result<AccountChains, AccountError>> => {
  const chains = new Map(known);
  for (const bytes of evidence) {
    const decoded = decodeEntry(bytes);
    if (!decoded.ok) return decoded;
    const { body } = decoded.value;
    const next = await (body.kind === 'genesis'
      ? joinGenesis(chains, bytes)
      : joinFollowing(chains, body.previous, bytes));
    if (!next.ok) return next;
    chains.set(next.value.state.accountId, next.value);
  }
  return ok(chains);
};

const joinGenesis = async (chains: AccountChains, bytes: Uint8Array): Promise<Result<AccountChain, AccountError>> => {
  const fresh = await verifyChain([bytes]);
  return fresh.ok ? ok(chains.get(fresh.value.state.accountId) ?? fresh.value) : fresh;
};

const joinFollowing = async (
  chains: AccountChains,
  previous: Uint8Array,
  bytes: Uint8Array,
): Promise<Result<AccountChain, AccountError>> => {
  const wanted = bytesToHex(previous);
  for (const chain of chains.values()) {
    if (!chain.states.some(({ head }) => bytesToHex(head) === wanted)) continue;
    const extended = await extendChain(chain, [bytes]);
    return extended.ok ? ok(extended.value.chain) : extended;
  }
  return err(outOfPlace);
};
