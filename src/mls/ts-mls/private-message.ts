/**
 * PrivateMessage (RFC 9420 §6.3). Written here over the codecs and derivations of ts-mls, because its own functions hide
 * the sender's leaf and generation and read a message of a future epoch as one that does not decrypt.
 */
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { encode } from 'ts-mls/codec/tlsEncoder.js';
import { verifyFramedContentSignature, type FramedContentAuthData, type FramedContent } from 'ts-mls/framedContent.js';
import type { GroupContext } from 'ts-mls/groupContext.js';
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js';
import {
  decodePrivateMessageContent,
  decryptSenderData,
  encodePrivateMessageContent,
  encryptSenderData,
  privateContentAADEncoder,
  toAuthenticatedContent,
  type PrivateMessage,
  type PrivateMessageContent,
} from 'ts-mls/privateMessage.js';
import type { ReuseGuard } from 'ts-mls/sender.js';
import { leafToNodeIndex, toLeafIndex } from 'ts-mls/treemath.js';
import { equalBytes, type Bytes } from '../../crypto/bytes.ts';
import { purge } from '../../crypto/keys.ts';
import type { MlsError } from '../engine.ts';
import type { EpochState } from './epoch-state.ts';
import { ifReadable, unlessRefused } from './refusal.ts';
import { takeKey, takeNextKey, type RatchetKind, type SecretTree } from './secret-tree.ts';

/** Payloads come padded (src/wire/payload.ts). */
const NO_PADDING = { kind: 'padUntilLength', padUntilLength: 0 } as const;
/** A commit of a higher generation is skipped by all; 500 to 999 are kept for a device that lost its ratchets. */
export const MAX_HANDSHAKE_GENERATION = 999;

export type OpenedContent = {
  readonly leaf: number;
  readonly generation: number;
  readonly content: FramedContent;
  readonly auth: FramedContentAuthData;
  readonly secretTree: SecretTree;
};

/** `undefined` unless the bytes are exactly what an encoder writes for a PrivateMessage of MLS 1.0. */
export const decodePrivate = (bytes: Uint8Array): PrivateMessage | undefined => {
  const message = ifReadable(() => {
    const decoded = decodeMlsMessage(bytes, 0)?.[0];
    return decoded && equalBytes(encodeMlsMessage(decoded), bytes) ? decoded : undefined;
  });
  return message?.wireformat === 'mls_private_message' ? message.privateMessage : undefined;
};

/** What stands in clear in the message, compared before anything is decrypted. */
export const checkFrame = (
  { groupContext }: EpochState,
  message: PrivateMessage,
  authenticatedData: Uint8Array,
): MlsError | undefined => {
  if (!equalBytes(message.groupId, groupContext.groupId)) return { tag: 'other-group' };
  if (message.epoch > groupContext.epoch) return { tag: 'future-epoch', epoch: Number(message.epoch) };
  if (message.epoch < groupContext.epoch) return { tag: 'past-epoch', epoch: Number(message.epoch) };
  if (!equalBytes(message.authenticatedData, authenticatedData)) return { tag: 'header-differs' };
  return undefined;
};

/** Takes the next key of our own ratchet. `content` is framed and signed already. */
export const sealPrivate = async (
  suite: CiphersuiteImpl,
  state: Pick<EpochState, 'groupContext' | 'keySchedule' | 'secretTree' | 'privatePath'>,
  content: PrivateMessageContent,
  authenticatedData: Uint8Array,
): Promise<{ readonly message: Bytes; readonly secretTree: SecretTree }> => {
  const { leafIndex } = state.privatePath;
  const { contentType } = content;
  const taken = await takeNextKey(state.secretTree, leafIndex, ratchetKind(contentType), suite.kdf);
  if (taken === undefined) throw new Error('our own leaf has no ratchet');
  const reuseGuard = suite.rng.randomBytes(4) as ReuseGuard;
  const { groupId, epoch } = state.groupContext;
  const ciphertext = await suite.hpke.encryptAead(
    taken.key,
    guardNonce(taken.nonce, reuseGuard),
    encode(privateContentAADEncoder)({ groupId, epoch, contentType, authenticatedData }),
    encodePrivateMessageContent(NO_PADDING)(content),
  );
  purge(taken.key);
  const encryptedSenderData = await encryptSenderData(
    state.keySchedule.senderDataSecret,
    { leafIndex, generation: taken.generation, reuseGuard },
    { groupId, epoch, contentType },
    ciphertext,
    suite,
  );
  const privateMessage = { groupId, epoch, contentType, authenticatedData, encryptedSenderData, ciphertext };
  const message = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage });
  return { message: message.slice(), secretTree: taken.tree };
};

/** Decrypts and verifies a message of this epoch (`checkFrame` comes first). Changes nothing. */
export const openPrivate = async (
  suite: CiphersuiteImpl,
  state: EpochState,
  message: PrivateMessage,
): Promise<OpenedContent | 'not-authentic' | 'used' | 'generation-too-high'> => {
  const sender = await unlessRefused(() => decryptSenderData(message, state.keySchedule.senderDataSecret, suite));
  const signatureKey = sender && signatureKeyOf(state, sender.leafIndex);
  if (sender === undefined || signatureKey === undefined) return 'not-authentic';
  const kind = ratchetKind(message.contentType);
  if (kind === 'handshake' && sender.generation > MAX_HANDSHAKE_GENERATION) return 'generation-too-high';
  const taken = await takeKey(state.secretTree, sender.leafIndex, kind, sender.generation, suite.kdf);
  if (taken === 'used') return 'used';
  if (taken === 'too-far') return 'generation-too-high';

  const framed = await unlessRefused(async () => {
    const plaintext = await suite.hpke.decryptAead(
      taken.key,
      guardNonce(taken.nonce, sender.reuseGuard),
      encode(privateContentAADEncoder)(message),
      message.ciphertext,
    );
    const content = decodePrivateMessageContent(message.contentType)(plaintext, 0)?.[0];
    return content && toAuthenticatedContent(content, message, sender.leafIndex);
  });
  if (framed === undefined) return 'not-authentic';
  const isSigned = await verifyFramedContentSignature(
    signatureKey,
    'mls_private_message',
    framed.content,
    framed.auth,
    state.groupContext,
    suite.signature,
  );
  if (!isSigned) return 'not-authentic';
  const { leafIndex: leaf, generation } = sender;
  return { leaf, generation, content: framed.content, auth: framed.auth, secretTree: taken.tree };
};

/** What a sender signs (RFC 9420 §6.1). */
export const frameContent = (
  context: GroupContext,
  leafIndex: number,
  authenticatedData: Uint8Array,
): Pick<FramedContent, 'groupId' | 'epoch' | 'authenticatedData'> & {
  sender: { senderType: 'member'; leafIndex: number };
} => ({
  groupId: context.groupId,
  epoch: context.epoch,
  sender: { senderType: 'member', leafIndex },
  authenticatedData,
});

const ratchetKind = (contentType: PrivateMessage['contentType']): RatchetKind =>
  contentType === 'application' ? 'application' : 'handshake';

const guardNonce = (nonce: Uint8Array, reuseGuard: Uint8Array): Bytes =>
  Uint8Array.from(nonce, (byte, index) => byte ^ (reuseGuard[index] ?? 0));

/** ts-mls computes this check and throws its answer away. */
const signatureKeyOf = (state: EpochState, leaf: number): Uint8Array | undefined => {
  if (leaf >= state.secretTree.width) return undefined;
  const node = state.ratchetTree[leafToNodeIndex(toLeafIndex(leaf))];
  return node?.nodeType === 'leaf' ? node.leaf.signaturePublicKey : undefined;
};
