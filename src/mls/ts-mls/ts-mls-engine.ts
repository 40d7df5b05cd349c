/**
 * `MlsEngine` over ts-mls 1.6.4: its codecs, tree operations and key schedule are used, its client is not. Each place
 * where that goes another way than we need is named in docs/protocol/groups.md, "The engine", and has a test.
 */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { signFramedContentApplicationOrProposal, toTbs, type FramedContent } from 'ts-mls/framedContent.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { mlsExporter } from 'ts-mls/keySchedule.js';
import type { Proposal } from 'ts-mls/proposal.js';
import { bytesToHex, type GroupId } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Directory } from '../directory.ts';
import type {
  CommitChange,
  CommitError,
  DeviceSigner,
  Judgement,
  MlsEngine,
  MlsError,
  OpenedMessage,
  PendingCommit,
  SkipReason,
} from '../engine.ts';
import { createCommit } from './create-commit.ts';
import { createOwnGroup } from './create-group.ts';
import { forget, lookAt, spend, toGroupState, type EpochState } from './epoch-state.ts';
import { conversationOf, joinGroup } from './join.ts';
import { judgeCommit } from './judge-commit.ts';
import { changeMembership } from './membership.ts';
import { generateOwnKeyPackage, loadOwnKeyPackage, storeOwnKeyPackage } from './own-key-package.ts';
import { checkFrame, decodePrivate, frameContent, openPrivate, sealPrivate } from './private-message.ts';
import { isVouchedFor, readIdentity, readKeyPackage } from './profile.ts';
import { loadState, storeState } from './stored-state.ts';
import { createSuite, SIGNING_KEY_HANDLE } from './suite.ts';
import { memberAt, membersOf } from './tree-checks.ts';

export const createTsMlsEngine = (deps: { readonly random: RandomBytes; readonly signer: DeviceSigner }): MlsEngine => {
  const suite = createSuite(deps);
  return {
    async createKeyPackage() {
      return storeOwnKeyPackage(suite, await generateOwnKeyPackage(suite, deps.signer));
    },

    async inspectKeyPackage(bytes) {
      const keyPackage = await readKeyPackage(suite, bytes);
      const identity = keyPackage && readIdentity(keyPackage.leafNode);
      if (keyPackage === undefined || identity === undefined) return err({ tag: 'malformed' });
      const reference = (await makeKeyPackageRef(keyPackage, suite.hash)).slice();
      return ok({ identity, signatureKey: keyPackage.leafNode.signaturePublicKey.slice(), reference });
    },

    async createGroup(groupId, conversation) {
      const own = await generateOwnKeyPackage(suite, deps.signer);
      return toGroupState(await createOwnGroup(suite, own, groupId, conversation));
    },

    commit: (group, change, parts) =>
      spend<Result<PendingCommit, CommitError>>(group, async (state) => {
        const proposals = await toProposals(suite, state, change, parts.directory);
        if (!proposals.ok) return { answer: proposals };
        const rules = { directory: parts.directory, conversation: conversationOf(state) };
        const { leafIndex } = state.privatePath;
        const changed = await changeMembership(suite, state.ratchetTree, leafIndex, proposals.value, rules);
        if (!changed.ok) return { answer: err(toCommitError(changed.error)) };
        const created = await createCommit(suite, state, proposals.value, changed.value, parts);
        const { current, next } = created;
        return {
          answer: ok({ ...created, current: toGroupState(current), next: toGroupState(next) }),
          successors: [current, next],
        };
      }),

    adopt({ current, next }) {
      forget(lookAt(current), [lookAt(next)]);
      return next;
    },

    drop({ current, next }) {
      forget(lookAt(next), [lookAt(current)]);
      return current;
    },

    async join(welcome, privatePart, directory) {
      const own = loadOwnKeyPackage(privatePart);
      if (own === undefined) return err({ tag: 'refused', detail: 'a key package of another version' });
      const joined = await joinGroup(suite, welcome, own, directory);
      return joined.ok ? ok({ ...joined.value, state: toGroupState(joined.value.state) }) : joined;
    },

    protect: (group, content, authenticatedData) =>
      spend(group, async (state) => {
        const framed: FramedContent = {
          ...frameContent(state.groupContext, state.privatePath.leafIndex, authenticatedData),
          contentType: 'application',
          applicationData: content,
        };
        const toSign = { ...toTbs(framed, 'mls_private_message', state.groupContext), content: framed };
        const auth = await signFramedContentApplicationOrProposal(SIGNING_KEY_HANDLE, toSign, suite);
        const sealed = await sealPrivate(suite, state, { ...framed, auth }, authenticatedData);
        const next = { ...state, secretTree: sealed.secretTree };
        return { answer: { message: sealed.message, nextState: toGroupState(next) }, successors: [next] };
      }),

    unprotect: (group, bytes, authenticatedData) =>
      spend<Result<OpenedMessage, MlsError>>(group, async (state) => {
        const message = decodePrivate(bytes);
        if (message === undefined) return { answer: err({ tag: 'malformed' }) };
        const misfit = checkFrame(state, message, authenticatedData);
        if (misfit !== undefined) return { answer: err(misfit) };
        if (message.contentType !== 'application') return { answer: err({ tag: 'not-a-message' }) };
        const opened = await openPrivate(suite, state, message);
        if (typeof opened === 'string') return { answer: err({ tag: opened }) };
        const { content, leaf, generation } = opened;
        if (content.contentType !== 'application') return { answer: err({ tag: 'not-a-message' }) };
        const next = { ...state, secretTree: opened.secretTree };
        const answer = ok({
          leaf,
          generation,
          epoch: Number(state.groupContext.epoch),
          authenticatedData: message.authenticatedData.slice(),
          content: content.applicationData.slice(),
          nextState: toGroupState(next),
        });
        return { answer, successors: [next] };
      }),

    judge: (group, bytes, parts) =>
      spend<Judgement>(group, async (state) => {
        const { judgement, next } = await judgeCommit(suite, state, bytes, parts);
        if (judgement.standing !== 'applied') return { answer: judgement };
        const answer = { ...judgement, ...(next && { nextState: toGroupState(next) }) };
        return { answer, successors: next ? [next] : [] };
      }),

    exportSecret: async (group, label, context, length) => {
      const { exporterSecret } = lookAt(group).keySchedule;
      return (await mlsExporter(exporterSecret, label, context, length, suite)).slice();
    },
    epochAuthenticator: (group) => lookAt(group).keySchedule.epochAuthenticator.slice(),
    groupId: (group) => bytesToHex(lookAt(group).groupContext.groupId) as GroupId,
    epoch: (group) => Number(lookAt(group).groupContext.epoch),
    conversation: (group) => conversationOf(lookAt(group)),
    ownLeaf: (group) => lookAt(group).privatePath.leafIndex,
    members: (group) => membersOf(lookAt(group).ratchetTree),

    store: (group) => storeState(lookAt(group)),
    load: (stored) => {
      const state = loadState(stored);
      return state.ok ? ok(toGroupState(state.value)) : state;
    },
  };
};

const toProposals = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  change: CommitChange,
  directory: Directory,
): Promise<Result<readonly Proposal[], CommitError>> => {
  const proposals: Proposal[] = [];
  for (const leaf of change.remove) {
    const isOther = leaf !== state.privatePath.leafIndex && memberAt(state.ratchetTree, leaf) !== undefined;
    if (!isOther) return err({ tag: 'no-such-leaf', leaf });
    proposals.push({ proposalType: 'remove', remove: { removed: leaf } });
  }
  for (const [position, bytes] of change.add.entries()) {
    const keyPackage = await readKeyPackage(suite, bytes);
    const isAllowed = keyPackage !== undefined && isVouchedFor(directory, keyPackage.leafNode, true);
    if (!isAllowed) return err({ tag: 'bad-key-package', position });
    proposals.push({ proposalType: 'add', add: { keyPackage } });
  }
  return ok(proposals);
};

const toCommitError = (reason: SkipReason): CommitError =>
  reason === 'wrong-conversation' || reason === 'too-large' ? { tag: reason } : { tag: 'already-a-member' };
