/**
 * What a relay stores and forwards. The header is the MLS `authenticated_data` of the PrivateMessage in the body, byte
 * for byte, so it is kept as the bytes it came in (docs/protocol/envelope.md).
 */
import { LIMITS } from '../domain/limits.ts';
import type { DepositId, GroupId } from '../domain/ids.ts';
import { bytes, choice, field, id, list, optional, struct, uint, type Infer } from './schema.ts';

export const ENVELOPE_VERSION = 1;
const SEQUENCE_MAX = 2 ** 48 - 1;

export const sequence = uint(SEQUENCE_MAX);
export const groupId = id<GroupId>(16);
export const depositId = id<DepositId>(16);
export const envelopeClass = choice({ handshake: 0, welcome: 1, message: 2, receipt: 3, ephemeral: 4 });
export type EnvelopeClass = Infer<typeof envelopeClass>;

const headerFields = {
  version: field(0, uint(255)),
  class: field(1, envelopeClass),
  groupId: field(2, groupId),
  /** Sequence of the last commit that the sender had applied. */
  base: field(3, sequence),
  /** Sequence of the newest commit row that the sender had seen. */
  head: field(4, sequence),
  depositId: field(5, depositId),
  /** SHA-256 of the evidence list's CBOR; handshakes and welcomes only. */
  evidenceHash: optional(7, bytes(32)),
} as const;

export const envelopeHeader = struct({
  ...headerFields,
  /** nonce 12 | AES-256-GCM under exporter("hint") of `hint` in 20 bytes | tag 16; random where nothing is said. */
  hint: field(6, bytes(48)),
});
export type EnvelopeHeader = Infer<typeof envelopeHeader>;

/** The header without its hint: what the hint is bound to. */
export const hintContext = struct(headerFields);

/** Account-chain entries that members may not hold yet (docs/protocol/account.md). */
export const evidence = list(bytes(1, 8_192), 256);

export const envelope = struct({
  header: field(0, bytes(1, 512)),
  /** An MLSMessage (RFC 9420 §6): PrivateMessage, or Welcome for class welcome. */
  body: field(1, bytes(1, LIMITS.handshakeBytes)),
  evidence: optional(2, evidence),
});
export type Envelope = Infer<typeof envelope>;
