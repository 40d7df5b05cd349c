import type { Brand } from './brand.ts';

/**
 * Where a message stands in its conversation: (generation of the group, sequence of the first copy that this device
 * stored). It never changes once the message has left. Own messages that the relay has not taken yet stand last, in
 * the order in which they were written, and move once, at acceptance (docs/protocol/sync.md).
 */
export type TimelinePosition =
  { readonly generation: number; readonly sequence: number } | { readonly pending: number };

/** Fixed-width hex, so that two positions of one conversation compare as strings. Opaque to the page. */
export type EncodedPosition = Brand<string, 'EncodedPosition'>;

const GENERATION_DIGITS = 8; // u32
const SEQUENCE_DIGITS = 12; // u48
const PENDING_PREFIX = 'p'; // after every hex digit

export const encodePosition = (position: TimelinePosition): EncodedPosition =>
  ('pending' in position
    ? PENDING_PREFIX.repeat(GENERATION_DIGITS) + hex(position.pending, SEQUENCE_DIGITS)
    : hex(position.generation, GENERATION_DIGITS) + hex(position.sequence, SEQUENCE_DIGITS)) as EncodedPosition;

/** Undefined for anything that `encodePosition` did not make: positions come back from pages. */
export const decodePosition = (encoded: string): TimelinePosition | undefined => {
  const parts = /^([0-9a-f]{8}|p{8})([0-9a-f]{12})$/.exec(encoded);
  if (parts === null) return undefined;
  const [, first = '', second = ''] = parts;
  const sequence = Number.parseInt(second, 16);
  return first.startsWith(PENDING_PREFIX)
    ? { pending: sequence }
    : { generation: Number.parseInt(first, 16), sequence };
};

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
