/**
 * An account is a chain of signed entries. Only the living path is kept and sent: a recovery entry follows the entry
 * that it names as its predecessor, and the device entries that it voids are gone (docs/protocol/account.md).
 */
import { LIMITS } from '../domain/limits.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { equalBytes } from '../crypto/bytes.ts';
import { againstTheRules, outOfPlace, type AccountError } from './account-error.ts';
import type { AccountState } from './account-state.ts';
import { applyEntry } from './apply-entry.ts';
import { decodeEntry, type DecodedEntry } from './decode-entry.ts';

/** Only `verifyChain` and `extendChain` make one: to hold it is to have checked it. */
export interface AccountChain {
  readonly entries: readonly Uint8Array<ArrayBuffer>[];
  /** After each entry. */
  readonly states: readonly AccountState[];
  /** After the last one. */
  readonly state: AccountState;
}

/**
 * What new entries mean to someone who knew the chain before. `extension`: shown quietly or as a new device.
 * `recovery`: the account was taken back with its words, a warning, for a verified contact a stop.
 */
export type ChainChange = 'none' | 'extension' | 'recovery';

/** @param entries a whole chain, entry 0 first */
export const verifyChain = (entries: readonly Uint8Array[]): Promise<Result<AccountChain, AccountError>> =>
  grow([], [], entries);

/**
 * What becomes of `known` when someone shows `shown`: a whole chain or any stretch of one. Entries that are known
 * already, even all of them, change nothing; so whoever holds back newer entries cannot take any away.
 */
export const extendChain = async (
  known: AccountChain,
  shown: readonly Uint8Array[],
): Promise<Result<{ readonly change: ChainChange; readonly chain: AccountChain }, AccountError>> => {
  const decoded = decodeAll(shown);
  if (!decoded.ok) return decoded;
  const start = decoded.value[0]?.body.sequence;
  if (start === undefined) return ok({ change: 'none', chain: known });
  if (start > known.entries.length) return err(outOfPlace);
  if (decoded.value.some(({ body }, offset) => body.sequence !== start + offset)) return err(outOfPlace);

  const common = decoded.value.findIndex(({ hash, body }) => !isAt(known, body.sequence, hash));
  if (common === -1) return ok({ change: 'none', chain: known });
  const fresh = decoded.value.slice(common);
  const branch = start + common;
  if (branch === 0) return err(outOfPlace); // another account's
  const grown = await grow(known.entries.slice(0, branch), known.states.slice(0, branch), shown.slice(common));
  if (!grown.ok) return grown;

  const hasRecovery = fresh.some(({ body }) => body.kind === 'recovery');
  if (branch === known.entries.length) {
    return ok({ change: hasRecovery ? 'recovery' : 'extension', chain: grown.value });
  }
  // Something known would be voided. Only a recovery entry may do that, and only to entries of devices.
  if (known.state.recoveryPoint >= branch) return err({ tag: hasRecovery ? 'contested' : 'forked' });
  if (fresh[0]?.body.kind !== 'recovery') return err({ tag: 'forked' });
  return ok({ change: 'recovery', chain: grown.value });
};

const isAt = (chain: AccountChain, sequence: number, hash: Uint8Array): boolean => {
  const state = chain.states[sequence];
  return state !== undefined && equalBytes(state.head, hash);
};

const decodeAll = (entries: readonly Uint8Array[]): Result<readonly DecodedEntry[], AccountError> => {
  const decoded: DecodedEntry[] = [];
  for (const bytes of entries) {
    const entry = decodeEntry(bytes);
    if (!entry.ok) return entry;
    decoded.push(entry.value);
  }
  return ok(decoded);
};

const grow = async (
  entries: readonly Uint8Array<ArrayBuffer>[],
  states: readonly AccountState[],
  added: readonly Uint8Array[],
): Promise<Result<AccountChain, AccountError>> => {
  if (entries.length + added.length > LIMITS.accountEntries) {
    return err(againstTheRules(`more than ${LIMITS.accountEntries} entries`));
  }
  const decoded = decodeAll(added);
  if (!decoded.ok) return decoded;
  const grown = [...states];
  for (const entry of decoded.value) {
    const next = await applyEntry(grown.at(-1), entry);
    if (!next.ok) return next;
    grown.push(next.value);
  }
  const state = grown.at(-1);
  if (state === undefined) return err(outOfPlace);
  return ok({ entries: [...entries, ...added.map((bytes) => bytes.slice())], states: grown, state });
};
