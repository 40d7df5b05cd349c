import type { GroupId } from '../../src/domain/ids.ts';
import { DAY_MS } from '../../src/domain/limits.ts';
import { ok, type Result } from '../../src/domain/result.ts';
import {
  ENVELOPE_VERSION,
  envelope,
  envelopeHeader,
  type EnvelopeClass,
  type EnvelopeHeader,
} from '../../src/wire/envelope.ts';
import type { RelayError } from '../../src/wire/relay-api.ts';
import { decodeWith } from '../../src/wire/schema.ts';
import { refuse } from '../refusal.ts';

/** Reads what the relay may read of an envelope: its header. The body stays closed. */
export const openEnvelope = (
  bytes: Uint8Array,
  expected: { readonly classes: readonly EnvelopeClass[]; readonly groupId?: GroupId },
): Result<EnvelopeHeader, RelayError> => {
  const decoded = decodeWith(envelope, bytes);
  if (!decoded.ok) return refuse('malformed', 'not an envelope');
  const header = decodeWith(envelopeHeader, decoded.value.header);
  if (!header.ok) return refuse('malformed', 'not an envelope header');
  if (header.value.version !== ENVELOPE_VERSION) {
    return refuse('unsupportedVersion', `envelope version ${header.value.version} is not spoken here`);
  }
  if (!expected.classes.includes(header.value.class)) {
    return refuse('malformed', `class ${header.value.class} does not belong here`);
  }
  if (expected.groupId !== undefined && header.value.groupId !== expected.groupId) {
    return refuse('malformed', 'the envelopes belong to different groups');
  }
  return ok(header.value);
};

/** A deposit id begins with the day of the relay's clock, so that its tombstone can be forgotten some day. */
export const isOfToday = (header: EnvelopeHeader, nowMs: number): boolean => {
  const day = Number.parseInt(header.depositId.slice(0, 8), 16);
  return Math.abs(day - Math.floor(nowMs / DAY_MS)) <= 1;
};
