/** What a removed device could do with everything it has: its last state, the commit that removed it, and our code. */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { bytesToHex } from '../../domain/ids.ts';
import type { Directory } from '../directory.ts';
import type { StoredState } from '../engine.ts';
import { checkCommit, enterCommit } from '../ts-mls/apply-commit.ts';
import type { EpochState } from '../ts-mls/epoch-state.ts';
import { conversationOf } from '../ts-mls/join.ts';
import { changeMembership } from '../ts-mls/membership.ts';
import { enterNextEpoch } from '../ts-mls/next-epoch.ts';
import { decodePrivate, openPrivate } from '../ts-mls/private-message.ts';
import { loadState } from '../ts-mls/stored-state.ts';
import { must } from './test-group.ts';

/** Epoch authenticators that it can compute; none may be that of the group. */
export const attackAsRemoved = async (
  suite: CiphersuiteImpl,
  stored: StoredState,
  commit: Uint8Array,
  directory: Directory,
): Promise<readonly string[]> => {
  const found: string[] = [];
  const state = must(loadState(stored));
  const message = decodePrivate(commit);
  const opened = message && (await openPrivate(suite, state, message));
  if (opened === undefined || typeof opened === 'string' || opened.content.contentType !== 'commit') return found;
  const rules = { directory, conversation: conversationOf(state) };
  const checked = await checkCommit(suite, state, opened, rules);
  // As if it had not been removed.
  const entered = checked.ok ? await enterCommit(suite, must(loadState(stored)), opened, checked.value) : undefined;
  if (entered) found.push(bytesToHex(entered.keySchedule.epochAuthenticator));
  // As if there were no path: then the commit secret is public (zeros), and only the old secrets protect the epoch.
  const proposals = opened.content.commit.proposals.flatMap((item) =>
    item.proposalOrRefType === 'proposal' ? [item.proposal] : [],
  );
  const changed = await changeMembership(suite, state.ratchetTree, opened.leaf, proposals, rules);
  const tree = checked.ok ? checked.value.tree : changed.ok ? changed.value.tree : state.ratchetTree;
  found.push(await withoutPath(suite, must(loadState(stored)), tree, opened.content, opened.auth.signature));
  return found;
};

/** The next epoch for whoever derives it from a commit without a path. */
export const withoutPath = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  tree: EpochState['ratchetTree'],
  content: Parameters<typeof enterNextEpoch>[3]['content'],
  signature: Uint8Array,
): Promise<string> => {
  const commitSecret = new Uint8Array(suite.kdf.size);
  const { secrets } = await enterNextEpoch(suite, state, tree, { content, signature, commitSecret });
  return bytesToHex(secrets.keySchedule.epochAuthenticator);
};
