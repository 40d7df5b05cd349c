/**
 * The fragment of an invite link: it never reaches a server. Base64url of this CBOR and four bytes that tell a link that
 * was copied or typed wrongly from one for somebody else (docs/protocol/addressing.md). They protect against nobody.
 */
import { err, type Result } from '../domain/result.ts';
import { accountId, relayId } from './account-entry.ts';
import type { Malformed } from './cbor.ts';
import { bytes, decodeWith, encodeWith, field, struct, uint, type Infer } from './schema.ts';

/** History: 1, without the four bytes; 2. */
export const INVITE_VERSION = 2;

const CHECK_BYTES = 4;

export const invite = struct({
  version: field(0, uint(255)),
  relayId: field(1, relayId),
  accountId: field(2, accountId),
  inviteId: field(3, bytes(16)),
  /** Proves to the inviter that the redeemer held this link: HMAC under it travels in the introduction. */
  key: field(4, bytes(32)),
});
export type Invite = Infer<typeof invite>;

export const inviteToFragment = (value: Invite): string => {
  const content = encodeWith(invite, value);
  let binary = '';
  for (const byte of [...content, ...checkOf(content)]) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

export const fragmentToInvite = (fragment: string): Result<Invite, Malformed> => {
  if (!/^[A-Za-z0-9_-]{1,400}$/.test(fragment)) return err({ tag: 'malformed', detail: 'not base64url' });
  let binary: string;
  try {
    binary = atob(fragment.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return err({ tag: 'malformed', detail: 'not base64url' });
  }
  const whole = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const content = whole.slice(0, -CHECK_BYTES);
  if (checkOf(content).join() !== whole.slice(-CHECK_BYTES).join())
    return err({ tag: 'malformed', detail: 'mistyped' });
  return decodeWith(invite, content);
};

/** CRC-32 (IEEE 802.3), most significant byte first: sees every single wrong letter, and any few beside each other. */
const checkOf = (content: Uint8Array): Uint8Array => {
  let remainder = 0xffff_ffff;
  for (const byte of content) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb8_8320 : 0);
  }
  const check = new Uint8Array(CHECK_BYTES);
  new DataView(check.buffer).setUint32(0, ~remainder >>> 0);
  return check;
};
