/** Byte formats of an account's signature chain; the rules are in src/account (docs/protocol/account.md). */
import type { AccountId, MailboxId, RelayId } from '../domain/ids.ts';
import { bytes, choice, field, id, list, optional, struct, text, uint, type Infer } from './schema.ts';

export const accountId = id<AccountId>(32);
export const mailboxId = id<MailboxId>(32);
export const relayId = id<RelayId>(32);
export const deviceIndex = uint(0xffff);
/** Uncompressed P-384 point. */
export const publicKey = bytes(97);
/** ECDSA P-384 with SHA-384, r | s (IEEE P1363). */
export const signature = bytes(96);
export const hash = bytes(32);
export const handle = text(32);

export const deviceKeys = struct({
  deviceIndex: field(0, deviceIndex),
  signatureKey: field(1, publicKey),
  mailboxKey: field(2, publicKey),
});
export type DeviceKeys = Infer<typeof deviceKeys>;

export const entryBody = struct({
  format: field(0, uint(255)),
  kind: field(1, choice({ genesis: 0, device: 1, recovery: 2 })),
  sequence: field(2, uint(0xffff)),
  /** Entry hash of the predecessor; 32 zero bytes in entry 0. */
  previous: field(3, hash),
  timeMs: field(4, uint()),
  added: field(5, list(deviceKeys, 32)),
  removed: field(6, list(deviceIndex, 32)),
  recoveryKey: optional(7, publicKey),
  /** Entry 0 only. */
  relayId: optional(8, relayId),
  random: optional(9, bytes(32)),
});
export type EntryBody = Infer<typeof entryBody>;

/** What each added device signs with its own new key. */
export const deviceStatement = struct({
  accountId: field(0, accountId),
  previous: field(1, hash),
  keys: field(2, deviceKeys),
});
export type DeviceStatement = Infer<typeof deviceStatement>;

/** What an entry's own signatures cover. */
export const signedEntryBody = struct({ accountId: field(0, accountId), body: field(1, bytes(1, 8_000)) });

export const accountEntry = struct({
  body: field(0, bytes(1, 8_000)),
  /** One per added device, in order, by that device's key over `deviceStatement`. */
  statements: field(1, list(signature, 32)),
  /** By a device that is valid after the predecessor (in entry 0: the first device); absent in a recovery entry. */
  device: optional(2, struct({ deviceIndex: field(0, deviceIndex), signature: field(1, signature) })),
  /** By the recovery key: entry 0 and recovery entries. */
  recovery: optional(3, signature),
});
export type AccountEntry = Infer<typeof accountEntry>;

export const handleClaimBody = struct({
  relayId: field(0, relayId),
  handle: field(1, handle),
  accountId: field(2, accountId),
  head: field(3, hash),
  counter: field(4, uint(0xffff_ffff)),
});
export type HandleClaimBody = Infer<typeof handleClaimBody>;

export const handleClaim = struct({
  body: field(0, bytes(1, 512)),
  deviceIndex: field(1, deviceIndex),
  signature: field(2, signature),
});
export type HandleClaim = Infer<typeof handleClaim>;

/** MLS leaf credential (RFC 9420 §5.3, basic): who, and which of their devices. */
export const leafIdentity = struct({ accountId: field(0, accountId), deviceIndex: field(1, deviceIndex) });
export type LeafIdentity = Infer<typeof leafIdentity>;
