/** What a member could send if its client were changed: commits that our own client never makes. */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { createContentCommitSignature } from 'ts-mls/framedContent.js';
import type { Proposal } from 'ts-mls/proposal.js';
import type { ProposalOrRef } from 'ts-mls/proposalOrRefType.js';
import { toLeafIndex } from 'ts-mls/treemath.js';
import { createUpdatePath, type UpdatePath } from 'ts-mls/updatePath.js';
import type { Bytes } from '../../crypto/bytes.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import type { GroupState } from '../engine.ts';
import { toEpochState, type EpochState } from '../ts-mls/epoch-state.ts';
import { sealPrivate } from '../ts-mls/private-message.ts';
import { createSuite, SIGNING_KEY_HANDLE } from '../ts-mls/suite.ts';
import type { TestMember } from './test-group.ts';

export const suiteOf = (member: TestMember): CiphersuiteImpl =>
  createSuite({ random: createSeededRandom(`${member.name} hostile`), signer: member.signer });

export const byValue = (...proposals: readonly Proposal[]): ProposalOrRef[] =>
  proposals.map((proposal) => ({ proposalOrRefType: 'proposal', proposal }));

/** An honest path over the tree as it is. */
export const honestPath = async (
  member: TestMember,
  state: EpochState,
  suite = suiteOf(member),
): Promise<UpdatePath> => {
  const leaf = toLeafIndex(state.privatePath.leafIndex);
  const [, path] = await createUpdatePath(state.ratchetTree, leaf, state.groupContext, SIGNING_KEY_HANDLE, suite);
  return path;
};

/** Signed and sealed as it should be, whatever stands in it. The confirmation tag is noise: nobody gets that far. */
export const craftCommit = async (
  member: TestMember,
  group: GroupState,
  parts: {
    readonly authenticatedData: Bytes;
    readonly proposals?: ProposalOrRef[];
    readonly path?: (state: EpochState) => Promise<UpdatePath | undefined>;
    /** Messages of this leaf's handshake ratchet that are left out. */
    readonly generation?: number;
    readonly wireformat?: 'mls_private_message' | 'mls_public_message';
  },
): Promise<Bytes> => {
  const state = toEpochState(group);
  const suite = suiteOf(member);
  const path = await (parts.path ?? ((current: EpochState) => honestPath(member, current)))(state);
  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    parts.wireformat ?? 'mls_private_message',
    { proposals: parts.proposals ?? [], path },
    { senderType: 'member', leafIndex: state.privatePath.leafIndex },
    parts.authenticatedData,
    SIGNING_KEY_HANDLE,
    suite.signature,
  );
  const auth = { contentType: 'commit' as const, signature, confirmationTag: new Uint8Array(48) };
  let sealed = await sealPrivate(suite, state, { ...framedContent, auth }, parts.authenticatedData);
  for (let at = 0; at < (parts.generation ?? 0); at += 1) {
    const skipped = { ...state, secretTree: sealed.secretTree };
    sealed = await sealPrivate(suite, skipped, { ...framedContent, auth }, parts.authenticatedData);
  }
  return sealed.message;
};
