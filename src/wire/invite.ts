/** The fragment of an invite link: it never reaches a server. Base64url of this CBOR (docs/protocol/addressing.md). */
import { err, type Result } from '../domain/result.ts';
import { accountId, relayId } from './account-entry.ts';
import type { Malformed } from './cbor.ts';
import { bytes, decodeWith, encodeWith, field, struct, uint, type Infer } from './schema.ts';

export const INVITE_VERSION = 1;

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
  let binary = '';
  for (const byte of encodeWith(invite, value)) binary += String.fromCharCode(byte);
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
  return decodeWith(
    invite,
    Uint8Array.from(binary, (character) => character.charCodeAt(0)),
  );
};
