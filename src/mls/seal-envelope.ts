/** Makes envelopes (docs/protocol/envelope.md). The header's bytes are the MLS authenticated data of the body. */
import type { DepositId, MailboxId } from '../domain/ids.ts';
import { LIMITS } from '../domain/limits.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { AccountError } from '../account/account-error.ts';
import { applyEvidence, type AccountChains } from '../account/evidence.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { envelope, envelopeHeader, ENVELOPE_VERSION, type EnvelopeHeader } from '../wire/envelope.ts';
import type { Introduction } from '../wire/group-extensions.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import { createChainDirectory } from './directory.ts';
import type { CommitChange, CommitError, GroupState, MlsEngine, PendingCommit } from './engine.ts';
import { depositCapabilityHash, exportHintKey } from './group-secrets.ts';
import { sealHint, type Hint } from './hint.ts';
import { hashEvidence } from './read-envelope.ts';
import { recipientsOf } from './recipients.ts';

export type SealDeps = { readonly engine: MlsEngine; readonly random: RandomBytes };

/** Where in the group's order an envelope is made. */
export interface EnvelopePlace {
  /** Sequence of the last commit applied here. */
  readonly base: number;
  /** Sequence of the newest commit row seen. */
  readonly head: number;
  readonly depositId: DepositId;
}

export interface SealedCommit extends PendingCommit {
  readonly envelope: Bytes;
  /** One for all that are added. */
  readonly welcomeEnvelope?: Bytes;
  /** Of the epoch that the commit makes. */
  readonly capabilityHash: Bytes;
  /** Whom the commit reaches: what the relay is told. */
  readonly recipients: readonly MailboxId[];
  /** What the group's members hold once the commit is applied. */
  readonly chains: AccountChains;
}

const HINT_BYTES = 48;

/** `current` is the state to go on with: the one that was given is spent. */
export type SealCommitError =
  CommitError | AccountError | { readonly tag: 'envelope-too-large'; readonly current: GroupState };

/** Spends `state`. @param parts.payload padded already (src/wire/payload.ts) */
export const sealMessage = async (
  deps: SealDeps,
  state: GroupState,
  parts: { readonly class: 'message' | 'receipt'; readonly place: EnvelopePlace; readonly payload: Uint8Array },
): Promise<{ readonly envelope: Bytes; readonly nextState: GroupState }> => {
  const header = await createHeader(deps, state, { class: parts.class, ...parts.place });
  const { message, nextState } = await deps.engine.protect(state, parts.payload, header);
  return { envelope: encodeWith(envelope, { header, body: message }), nextState };
};

/**
 * Spends `state`. Store the outcome before it is sent; `adopt` or `drop` it with the relay's answer.
 * @param parts.chains what the group's members hold now
 * @param parts.evidence entries that they do not hold yet, those of everybody who is added among them
 * @param parts.welcomeDepositId the Welcome is an envelope of its own
 */
export const sealCommit = async (
  deps: SealDeps,
  state: GroupState,
  parts: {
    readonly change: CommitChange;
    readonly place: EnvelopePlace;
    readonly welcomeDepositId: DepositId;
    readonly chains: AccountChains;
    readonly evidence: readonly Bytes[];
    readonly introduction?: Introduction;
  },
): Promise<Result<SealedCommit, SealCommitError>> => {
  const { engine } = deps;
  const { change, place, evidence, introduction } = parts;
  const known = await applyEvidence(parts.chains, evidence);
  if (!known.ok) return known;
  const chains = known.value;
  const evidenceHash = await hashEvidence(evidence);
  const header = await createHeader(deps, state, { class: 'handshake', ...place, evidenceHash });
  const directory = createChainDirectory(chains);
  const pending = await engine.commit(state, change, {
    authenticatedData: header,
    directory,
    ...(introduction && { introduction }),
  });
  if (!pending.ok) return pending;
  const { commit, welcome, next } = pending.value;
  const sealed = encodeWith(envelope, { header, body: commit, evidence });
  const welcomePlace = { ...place, depositId: parts.welcomeDepositId };
  const welcomeEnvelope = welcome && (await sealWelcome(deps, next, welcome, welcomePlace, chains));
  if (!isSendable(sealed) || (welcomeEnvelope && !isSendable(welcomeEnvelope))) {
    return err({ tag: 'envelope-too-large', current: engine.drop(pending.value) });
  }
  const capabilityHash = await depositCapabilityHash(engine, next);
  const recipients = recipientsOf(engine.members(next), directory);
  return ok({
    ...pending.value,
    envelope: sealed,
    ...(welcomeEnvelope && { welcomeEnvelope }),
    capabilityHash,
    recipients,
    chains,
  });
};

/** A joiner holds nothing yet, so all members' chains go along; and no hint key, so the hint says nothing. */
const sealWelcome = async (
  { engine, random }: SealDeps,
  next: GroupState,
  welcome: Bytes,
  place: EnvelopePlace,
  chains: AccountChains,
): Promise<Bytes> => {
  const accounts = new Set(engine.members(next).map(({ identity }) => identity.accountId));
  const evidence = [...accounts].flatMap((accountId) => chains.get(accountId)?.entries ?? []);
  const header = encodeWith(envelopeHeader, {
    version: ENVELOPE_VERSION,
    class: 'welcome',
    groupId: engine.groupId(next),
    ...place,
    hint: random(HINT_BYTES),
    evidenceHash: await hashEvidence(evidence),
  });
  return encodeWith(envelope, { header, body: welcome, evidence });
};

const createHeader = async (
  { engine, random }: SealDeps,
  state: GroupState,
  said: EnvelopePlace & Pick<EnvelopeHeader, 'class' | 'evidenceHash'>,
): Promise<Bytes> => {
  const header = { version: ENVELOPE_VERSION, groupId: engine.groupId(state), ...said };
  const hint: Hint = { leaf: engine.ownLeaf(state), flags: 0 };
  const key = await exportHintKey(engine, state);
  return encodeWith(envelopeHeader, { ...header, hint: await sealHint(random, key, header, hint) });
};

/** A receiver reads it back with the same limits. */
const isSendable = (sealed: Bytes): boolean =>
  sealed.length <= LIMITS.handshakeBytes && decodeWith(envelope, sealed).ok;
