/**
 * Making a commit (RFC 9420 §12.4.1). Our own sequence over the parts of ts-mls, for three reasons: every commit of ours
 * carries a path, even one that only adds; the current epoch's handshake ratchet moves past the key of the commit, where
 * ts-mls throws that away and a second commit would use the key again; and no past epoch is kept.
 */
import { createGroupInfoWithRatchetTree } from 'ts-mls/createCommit.js';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { createConfirmationTag, createContentCommitSignature } from 'ts-mls/framedContent.js';
import { makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { deriveSecret } from 'ts-mls/crypto/kdf.js';
import { encodeMlsMessage } from 'ts-mls/message.js';
import type { Proposal } from 'ts-mls/proposal.js';
import { leafWidth, toLeafIndex } from 'ts-mls/treemath.js';
import { createUpdatePath, firstCommonAncestor, type PathSecret } from 'ts-mls/updatePath.js';
import { encryptGroupInfo, encryptGroupSecrets, type EncryptedGroupSecrets } from 'ts-mls/welcome.js';
import type { ClientState } from 'ts-mls';
import type { Bytes } from '../../crypto/bytes.ts';
import { sha256 } from '../../crypto/hash.ts';
import { purge } from '../../crypto/keys.ts';
import { INTRODUCTION_EXTENSION, introduction, type Introduction } from '../../wire/group-extensions.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { EpochState } from './epoch-state.ts';
import { addedNodes, type ChangedTree } from './membership.ts';
import { enterNextEpoch } from './next-epoch.ts';
import { keepLivingKeys } from './path-secrets.ts';
import { frameContent, sealPrivate } from './private-message.ts';
import { createSecretTree } from './secret-tree.ts';
import { SIGNING_KEY_HANDLE } from './suite.ts';

export interface CreatedCommit {
  readonly commit: Bytes;
  readonly welcome?: Bytes;
  readonly current: EpochState;
  readonly next: EpochState;
}

/** @param change what `proposals` make of the tree (`changeMembership`) */
export const createCommit = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  proposals: readonly Proposal[],
  change: ChangedTree,
  parts: { readonly authenticatedData: Bytes; readonly introduction?: Introduction },
): Promise<CreatedCommit> => {
  const { leafIndex } = state.privatePath;
  const [tree, path, pathSecrets, leafKey] = await createUpdatePath(
    change.tree,
    toLeafIndex(leafIndex),
    state.groupContext,
    SIGNING_KEY_HANDLE,
    suite,
    addedNodes(change),
  );
  const { signature, framedContent } = await createContentCommitSignature(
    state.groupContext,
    'mls_private_message',
    { proposals: proposals.map((proposal) => ({ proposalOrRefType: 'proposal', proposal })), path },
    frameContent(state.groupContext, leafIndex, parts.authenticatedData).sender,
    parts.authenticatedData,
    SIGNING_KEY_HANDLE,
    suite.signature,
  );
  const commitSecret = await commitSecretOf(suite, pathSecrets);
  const entered = await enterNextEpoch(suite, state, tree, { content: framedContent, signature, commitSecret });
  const { groupContext, secrets } = entered;
  const { confirmationKey } = secrets.keySchedule;
  const confirmationTag = await createConfirmationTag(
    confirmationKey,
    groupContext.confirmedTranscriptHash,
    suite.hash,
  );
  const sealed = await sealPrivate(
    suite,
    state,
    { ...framedContent, auth: { contentType: 'commit', signature, confirmationTag } },
    parts.authenticatedData,
  );
  const ownKeys = {
    ...(await privateKeysOf(suite, pathSecrets)),
    [2 * leafIndex]: await suite.hpke.exportPrivateKey(leafKey),
  };
  const next: EpochState = {
    groupContext,
    ratchetTree: tree,
    privatePath: keepLivingKeys(tree, leafIndex, { ...state.privatePath.privateKeys, ...ownKeys }),
    keySchedule: secrets.keySchedule,
    confirmationTag,
    secretTree: createSecretTree(leafWidth(tree.length), secrets.encryptionSecret),
    ownCommits: [],
  };
  const welcome =
    change.added.length === 0
      ? undefined
      : await createWelcome(suite, next, change, { ...secrets, pathSecrets, introduction: parts.introduction });
  purge(commitSecret, secrets.joinerSecret, secrets.welcomeSecret, ...pathSecrets.map(({ secret }) => secret));
  const ownCommits = [...state.ownCommits, await sha256(sealed.message)];
  const current = { ...state, secretTree: sealed.secretTree, ownCommits };
  return { commit: sealed.message, ...(welcome && { welcome }), current, next };
};

/** One step beyond the topmost path secret. A device alone has no path, and nobody who would have to derive it. */
const commitSecretOf = async (suite: CiphersuiteImpl, pathSecrets: readonly PathSecret[]): Promise<Uint8Array> => {
  const top = pathSecrets.at(-1);
  return top ? deriveSecret(top.secret, 'path', suite.kdf) : suite.rng.randomBytes(suite.kdf.size);
};

const privateKeysOf = async (
  suite: CiphersuiteImpl,
  pathSecrets: readonly PathSecret[],
): Promise<Record<number, Uint8Array>> => {
  const keys: Record<number, Uint8Array> = {};
  for (const { nodeIndex, secret } of pathSecrets) {
    const nodeSecret = await deriveSecret(secret, 'node', suite.kdf);
    const { privateKey } = await suite.hpke.deriveKeyPair(nodeSecret);
    keys[nodeIndex] = await suite.hpke.exportPrivateKey(privateKey);
    purge(nodeSecret);
  }
  return keys;
};

/** One Welcome for all that are added, each with its own sealed secrets (RFC 9420 §12.4.3.1). */
const createWelcome = async (
  suite: CiphersuiteImpl,
  next: EpochState,
  change: ChangedTree,
  secrets: {
    readonly joinerSecret: Uint8Array;
    readonly welcomeSecret: Uint8Array;
    readonly pathSecrets: readonly PathSecret[];
    readonly introduction: Introduction | undefined;
  },
): Promise<Bytes> => {
  const extensions = secrets.introduction
    ? [{ extensionType: INTRODUCTION_EXTENSION, extensionData: encodeWith(introduction, secrets.introduction) }]
    : [];
  const { leafIndex } = next.privatePath;
  const groupInfo = await createGroupInfoWithRatchetTree(
    next.groupContext,
    next.confirmationTag,
    signerOf(leafIndex),
    next.ratchetTree,
    extensions,
    suite,
  );
  const encryptedGroupInfo = await encryptGroupInfo(groupInfo, secrets.welcomeSecret, suite);
  const forEach: EncryptedGroupSecrets[] = [];
  for (const { leaf, keyPackage } of change.added) {
    const shared = firstCommonAncestor(next.ratchetTree, toLeafIndex(leaf), toLeafIndex(leafIndex));
    const pathSecret = secrets.pathSecrets.find(({ nodeIndex }) => nodeIndex === Number(shared))?.secret;
    const initKey = await suite.hpke.importPublicKey(keyPackage.initKey);
    const groupSecrets = { joinerSecret: secrets.joinerSecret, pathSecret, psks: [] };
    const sealed = await encryptGroupSecrets(initKey, encryptedGroupInfo, groupSecrets, suite.hpke);
    forEach.push({
      newMember: await makeKeyPackageRef(keyPackage, suite.hash),
      encryptedGroupSecrets: { kemOutput: sealed.enc, ciphertext: sealed.ct },
    });
  }
  const welcome = { cipherSuite: suite.name, secrets: forEach, encryptedGroupInfo };
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome }).slice();
};

/** ts-mls asks for a whole client state and reads these two fields. */
const signerOf = (leafIndex: number): ClientState =>
  ({ privatePath: { leafIndex, privateKeys: {} }, signaturePrivateKey: SIGNING_KEY_HANDLE }) as unknown as ClientState;
