import type { Brand } from './brand.ts';

/** Every id travels as bytes and is written in code as lower-case hex, so that `===` and `Map` work on it. */
export type AccountId = Brand<string, 'AccountId'>; // 32 bytes, SHA-256 of entry 0 (docs/protocol/account.md)
export type MailboxId = Brand<string, 'MailboxId'>; // 32 bytes, SHA-256 of the mailbox public key
export type RelayId = Brand<string, 'RelayId'>; // 32 bytes, SHA-256 of the relay's public key
export type GroupId = Brand<string, 'GroupId'>; // 16 bytes, random: the MLS group id
export type ConversationId = Brand<string, 'ConversationId'>; // 16 bytes; 1:1: hash of the sorted account ids
export type MessageId = Brand<string, 'MessageId'>; // 16 bytes: ms u48 | 10 random, by the author (message-id.ts)
export type DepositId = Brand<string, 'DepositId'>; // 16 bytes: day u32 of the relay's clock | 12 random
export type VaultId = Brand<string, 'VaultId'>; // 16 bytes, random
export type DatabaseId = Brand<string, 'DatabaseId'>; // 16 bytes, random

/** Looked up, because every row that is read has several ids. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const bytesToHex = (bytes: Uint8Array): string => {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte] ?? '';
  return hex;
};

/** @throws RangeError if `hex` is not an even number of lower-case hex digits: ids are checked where they enter. */
export const hexToBytes = (hex: string): Uint8Array<ArrayBuffer> => {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) throw new RangeError('not lower-case hex');
  const bytes = new Uint8Array(hex.length / 2);
  for (let index = 0; index < bytes.length; index += 1)
    bytes[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  return bytes;
};
