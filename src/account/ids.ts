import {
  bytesToHex,
  hexToBytes,
  type AccountId,
  type ConversationId,
  type MailboxId,
  type RelayId,
} from '../domain/ids.ts';
import { concatBytes } from '../crypto/bytes.ts';
import { hashId } from '../crypto/hash.ts';
import { HASH_LABELS } from '../crypto/labels.ts';

const CONVERSATION_ID_BYTES = 16;

/** @param publicKey the device's mailbox key, an uncompressed P-384 point */
export const toMailboxId = (publicKey: Uint8Array): MailboxId =>
  bytesToHex(hashId(HASH_LABELS.mailbox, publicKey)) as MailboxId;

/** @param publicKey the relay's signature key, an uncompressed P-384 point */
export const toRelayId = (publicKey: Uint8Array): RelayId =>
  bytesToHex(hashId(HASH_LABELS.relay, publicKey)) as RelayId;

/**
 * The conversation of exactly these two accounts: both sides find the same id without talking, so two people who write
 * to each other at the same moment meet in one conversation (docs/protocol/addressing.md).
 */
export const toDirectConversationId = (one: AccountId, other: AccountId): ConversationId => {
  const [first, second] = one < other ? [one, other] : [other, one];
  const digest = hashId(HASH_LABELS.conversation1to1, concatBytes(hexToBytes(first), hexToBytes(second)));
  return bytesToHex(digest.subarray(0, CONVERSATION_ID_BYTES)) as ConversationId;
};
