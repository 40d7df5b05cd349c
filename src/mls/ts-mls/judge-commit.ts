import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { equalBytes } from '../../crypto/bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import type { AppliedChange, Judgement, MlsEngine, MlsError, SkipReason } from '../engine.ts';
import { checkCommit, enterCommit } from './apply-commit.ts';
import type { EpochState } from './epoch-state.ts';
import { conversationOf } from './join.ts';
import { checkFrame, decodePrivate, openPrivate } from './private-message.ts';
import { memberAt, membersOf } from './tree-checks.ts';

type Judged = { readonly judgement: Judgement; readonly next?: EpochState };

/** The verdict, and the state that it leads to: none if it removed this device. Changes nothing. */
export const judgeCommit = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  bytes: Uint8Array,
  parts: Parameters<MlsEngine['judge']>[2],
): Promise<Judged> => {
  const skipped = (reason: SkipReason): Judged => ({ judgement: { standing: 'skipped', reason } });
  const message = decodePrivate(bytes);
  if (message === undefined) return skipped('malformed');
  const misfit = checkFrame(state, message, parts.authenticatedData);
  if (misfit !== undefined) return skipped(toSkipReason(misfit));
  if (message.contentType !== 'commit') return skipped('not-a-commit');
  const opened = await openPrivate(suite, state, message);
  if (opened === 'used') {
    // Only keys of our own commits are used up, and everybody but us can open those.
    const hash = await sha256(bytes);
    const isOurs = state.ownCommits.some((own) => equalBytes(own, hash));
    return isOurs ? { judgement: { standing: 'broken' } } : skipped('not-authentic');
  }
  if (typeof opened === 'string') return skipped(opened);
  const rules = { directory: parts.directory, conversation: conversationOf(state) };
  const checked = await checkCommit(suite, state, opened, rules);
  if (!checked.ok) return skipped(checked.error);

  const { change, tree } = checked.value;
  if (parts.reaches?.(membersOf(tree)) === false) return skipped('wrong-recipients');
  const committer = memberAt(state.ratchetTree, opened.leaf);
  if (committer === undefined) throw new Error('the sender was checked to be a member');
  const applied: AppliedChange = {
    committer,
    added: membersOf(tree).filter(({ leaf }) => change.added.some((one) => one.leaf === leaf)),
    removed: change.removed,
  };
  const isRemoved = change.removed.some(({ leaf }) => leaf === state.privatePath.leafIndex);
  if (isRemoved) return { judgement: { standing: 'applied', change: applied } };
  const next = await enterCommit(suite, state, opened, checked.value);
  if (next === undefined) return { judgement: { standing: 'broken' } };
  return { judgement: { standing: 'applied', change: applied }, next };
};

const toSkipReason = ({ tag }: MlsError): SkipReason =>
  tag === 'other-group' || tag === 'header-differs' ? tag : 'other-epoch';
