/**
 * The plaintext of an application message. The author is the MLS sender leaf, never a field here. An unknown kind is
 * kept and shown as made by a newer version (docs/protocol/payload.md).
 */
import { LIMITS } from '../domain/limits.ts';
import type { MessageId } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Malformed } from './cbor.ts';
import { bytes, decodeWith, encodeWith, field, id, list, struct, text, uint, type Infer } from './schema.ts';

export const PAYLOAD_FORMAT = 1;

/** Numbers are never reused. */
export const PAYLOAD_KIND = { text: 0, receipt: 1, profile: 2 } as const;

export const messageId = id<MessageId>(16);

export const hybridTime = struct({ wallMs: field(0, uint()), counter: field(1, uint(0xffff)) });

export const payload = struct({
  format: field(0, uint(255)),
  kind: field(1, uint(0xffff)),
  messageId: field(2, messageId),
  /** Per (group, sender leaf), from 0 at each join: a gap tells of a message that did not arrive. */
  counter: field(3, uint()),
  time: field(4, hybridTime),
  body: field(5, bytes(0, LIMITS.textBytes + 1_024)),
});
export type Payload = Infer<typeof payload>;

export const textBody = struct({ text: field(0, text(LIMITS.textBytes)) });
export const receiptBody = struct({ delivered: field(0, list(messageId, LIMITS.receiptIds)) });
export const profileBody = struct({ name: field(0, text(LIMITS.nameBytes)) });

const LENGTH_PREFIX = 4;
const PADDED_SIZES = [256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 67_584] as const;

/** u32 length | CBOR | zeros, to one of nine sizes: the relay learns the bucket only. */
export const encodePayload = (value: Payload): Uint8Array<ArrayBuffer> => {
  const encoded = encodeWith(payload, value);
  const size = PADDED_SIZES.find((candidate) => candidate >= encoded.length + LENGTH_PREFIX);
  if (size === undefined) throw new RangeError(`payload of ${encoded.length} bytes`);
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, encoded.length);
  padded.set(encoded, LENGTH_PREFIX);
  return padded;
};

export const decodePayload = (padded: Uint8Array): Result<Payload, Malformed> => {
  if (!PADDED_SIZES.some((size) => size === padded.length)) return err({ tag: 'malformed', detail: 'padding size' });
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  const end = LENGTH_PREFIX + length;
  if (end > padded.length) return err({ tag: 'malformed', detail: 'payload length' });
  if (padded.subarray(end).some((byte) => byte !== 0)) return err({ tag: 'malformed', detail: 'padding' });
  const decoded = decodeWith(payload, padded.subarray(LENGTH_PREFIX, end));
  return decoded.ok ? ok(decoded.value) : decoded;
};
