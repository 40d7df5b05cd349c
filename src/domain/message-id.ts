import { bytesToHex, type MessageId } from './ids.ts';
import type { RandomBytes } from './ports.ts';

const TIME_DIGITS = 12; // u48
const RANDOM_BYTES = 10;

const MESSAGE_ID = /^[0-9a-f]{32}$/;

export const isMessageId = (text: string): text is MessageId => MESSAGE_ID.test(text);

/**
 * Milliseconds since 1970 u48 | 80 random bits. What is written one after the other stands side by side in indexes, so
 * a new message touches few pages of the database. The time is the author's word like the one beside it in the payload
 * (docs/protocol/payload.md), and only whoever reads the message sees it.
 */
export const createMessageId = (nowMs: number, random: RandomBytes): MessageId =>
  (nowMs.toString(16).padStart(TIME_DIGITS, '0') + bytesToHex(random(RANDOM_BYTES))) as MessageId;
