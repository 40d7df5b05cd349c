/** Opens what others sealed, in relay order (docs/protocol/envelope.md, docs/protocol/groups.md). */
import type { MailboxId } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { AccountError } from '../account/account-error.ts';
import { applyEvidence, type AccountChains } from '../account/evidence.ts';
import type { Bytes } from '../crypto/bytes.ts';
import type { EnvelopeHeader } from '../wire/envelope.ts';
import { createChainDirectory } from './directory.ts';
import type { GroupMember, GroupState, JoinError, Joined, Judgement, MlsEngine, MlsError } from './engine.ts';
import { readEnvelope, type EnvelopeError } from './read-envelope.ts';
import { recipientsOf } from './recipients.ts';

export interface OpenedEnvelope {
  readonly header: EnvelopeHeader;
  /** The author: the MLS sender leaf, never something that the payload says. */
  readonly author: GroupMember;
  readonly generation: number;
  readonly payload: Bytes;
  readonly nextState: GroupState;
}

/**
 * `early`: made after a commit that was not applied here yet; hold it. `stale`: made before the last commit; its author
 * seals it anew.
 */
export type OpenError = EnvelopeError | MlsError | { readonly tag: 'early' } | { readonly tag: 'stale' };

/**
 * Messages and receipts. Spends `state` on success.
 * @param base sequence of the last commit applied here
 */
export const openMessage = async (
  engine: MlsEngine,
  state: GroupState,
  bytes: Uint8Array,
  base: number,
): Promise<Result<OpenedEnvelope, OpenError>> => {
  const read = await readEnvelope(bytes, ['message', 'receipt']);
  if (!read.ok) return read;
  const { header, headerBytes, body } = read.value;
  if (header.groupId !== engine.groupId(state)) return err({ tag: 'other-group' });
  if (header.base !== base) return err({ tag: header.base > base ? 'early' : 'stale' });
  const members = engine.members(state);
  const opened = await engine.unprotect(state, body, headerBytes);
  if (!opened.ok) return opened;
  const { leaf, generation, content, nextState } = opened.value;
  const author = members.find((member) => member.leaf === leaf);
  if (author === undefined) throw new Error('the engine opens messages of members only');
  return ok({ header, author, generation, payload: content, nextState });
};

export type JudgedHandshake =
  | (Extract<Judgement, { standing: 'applied' }> & {
      /** What the group's members hold now. */
      readonly chains: AccountChains;
    })
  | Exclude<Judgement, { standing: 'applied' | 'skipped' }>
  | { readonly standing: 'skipped'; readonly reason: string };

/**
 * The standing of a handshake of somebody else. Judge it only after its `head` and `base` were processed, and compare it
 * with one's own commits, refused ones too, first. Spends `state` if it is applied.
 * @param known.base sequence of the last commit applied here
 * @param known.chains what the group's members hold, from this and earlier handshakes alone
 * @param known.recipients as the relay's row for this commit names them, ascending
 */
export const judgeHandshake = async (
  engine: MlsEngine,
  state: GroupState,
  bytes: Uint8Array,
  known: { readonly base: number; readonly chains: AccountChains; readonly recipients?: readonly MailboxId[] },
): Promise<JudgedHandshake> => {
  const read = await readEnvelope(bytes, ['handshake']);
  if (!read.ok) return { standing: 'skipped', reason: read.error.tag };
  const { header, headerBytes, body, evidence } = read.value;
  if (header.groupId !== engine.groupId(state)) return { standing: 'skipped', reason: 'other-group' };
  if (header.base !== known.base) return { standing: 'skipped', reason: 'other-base' };
  const chains = await applyEvidence(known.chains, evidence);
  if (!chains.ok) return { standing: 'skipped', reason: `evidence ${chains.error.tag}` };
  const directory = createChainDirectory(chains.value);
  const { recipients } = known;
  const judgement = await engine.judge(state, body, {
    authenticatedData: headerBytes,
    directory,
    ...(recipients && { reaches: (members) => recipientsOf(members, directory).join() === recipients.join() }),
  });
  return judgement.standing === 'applied' ? { ...judgement, chains: chains.value } : judgement;
};

export interface OpenedWelcome extends Joined {
  readonly chains: AccountChains;
}

/**
 * Nothing authenticates the header of a Welcome: besides the group id, which is compared, nothing is taken from it.
 * @param privatePart of the key package that the Welcome was made for
 */
export const openWelcome = async (
  engine: MlsEngine,
  bytes: Uint8Array,
  privatePart: Uint8Array,
): Promise<Result<OpenedWelcome, EnvelopeError | AccountError | JoinError>> => {
  const read = await readEnvelope(bytes, ['welcome']);
  if (!read.ok) return read;
  const { header, body, evidence } = read.value;
  const chains = await applyEvidence(new Map(), evidence);
  if (!chains.ok) return chains;
  const joined = await engine.join(body, privatePart, createChainDirectory(chains.value));
  if (!joined.ok) return joined;
  if (engine.groupId(joined.value.state) !== header.groupId) return err({ tag: 'refused', detail: 'another group' });
  return ok({ ...joined.value, chains: chains.value });
};
