/** MLS extensions of our own, from the private-use range (RFC 9420 §17.3; docs/protocol/groups.md). */
import { LIMITS } from '../domain/limits.ts';
import type { ConversationId } from '../domain/ids.ts';
import { handleClaim } from './account-entry.ts';
import { groupId } from './envelope.ts';
import { bytes, choice, field, id, optional, struct, text, uint, type Infer } from './schema.ts';

/** Group-context extension, fixed at creation: which conversation this group carries. */
export const CONVERSATION_EXTENSION = 0xf501;
/** GroupInfo extension inside a Welcome: who adds you, readable by the joiner only. */
export const INTRODUCTION_EXTENSION = 0xf502;

export const conversationExtension = struct({
  version: field(0, uint(255)),
  conversationId: field(1, id<ConversationId>(16)),
  kind: field(2, choice({ direct: 0, group: 1 })),
  generation: field(3, uint(0xffff_ffff)),
  previousGroupId: optional(4, groupId),
});
export type ConversationExtension = Infer<typeof conversationExtension>;

export const introduction = struct({
  version: field(0, uint(255)),
  name: field(1, text(LIMITS.nameBytes)),
  handleClaim: optional(2, handleClaim),
  invite: optional(3, struct({ inviteId: field(0, bytes(16)), proof: field(1, bytes(48)) })),
});
export type Introduction = Infer<typeof introduction>;

/** What the invite's proof is an HMAC-SHA-384 over, under the invite's key. */
export const inviteProofInput = struct({ groupId: field(0, groupId), inviteId: field(1, bytes(16)) });
