/** What rests in an outbox row: enough to seal it, again if need be, under the same message id. */
import { LIMITS } from '../../domain/limits.ts';
import { mailboxId } from '../../wire/account-entry.ts';
import { hybridTime } from '../../wire/payload.ts';
import { RELAY_OPERATIONS } from '../../wire/relay-api.ts';
import { bytes, decodeWith, field, list, optional, struct, uint, type Infer, type Schema } from '../../wire/schema.ts';

/** A message, receipt or profile. */
export const payloadIntent = struct({
  time: field(0, hybridTime),
  body: field(1, bytes(0, LIMITS.textBytes + 1_024)),
  /** How often a sealing ran out without a receipt (src/sync/outbox.ts). */
  renewals: field(2, uint(255)),
  /** When the relay took the one that ran out. */
  firstAcceptedMs: optional(3, uint()),
});
export type PayloadIntent = Infer<typeof payloadIntent>;

/** The first commit of a group of our own, with what was claimed for it. */
export const openingIntent = struct({
  packages: field(
    0,
    list(
      struct({
        mailboxId: field(0, mailboxId),
        keyPackage: field(1, bytes(1, 8_192)),
        welcomeToken: field(2, bytes(32)),
      }),
      32,
    ),
  ),
  /** Of the invite that was redeemed. */
  invite: optional(1, struct({ inviteId: field(0, bytes(16)), key: field(1, bytes(32)) })),
});
export type OpeningIntent = Infer<typeof openingIntent>;

/** An opening as it is sent: both requests, byte for byte the same each time. */
export const sealedOpening = struct({
  createGroup: field(0, RELAY_OPERATIONS.createGroup.request),
  commit: field(1, RELAY_OPERATIONS.commit.request),
});

/** @throws if it does not decode: it was written here, and pages are sealed */
export const readStored = <T>(schema: Schema<T>, stored: Uint8Array): T => {
  const decoded = decodeWith(schema, stored);
  if (!decoded.ok) throw new Error(`an outbox row does not decode: ${decoded.error.detail}`);
  return decoded.value;
};
