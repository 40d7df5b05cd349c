/**
 * The relay's operations: one table, two carriers. `POST /v1/<operation>` with a CBOR body, or a WebSocket frame at
 * `/v1/socket` (relay-frames.ts). What each does, its errors and its limits: docs/protocol/relay-api.md.
 */
import { LIMITS } from '../domain/limits.ts';
import { accountId, handle, handleClaim, hash, mailboxId, publicKey, relayId, signature } from './account-entry.ts';
import { groupId, sequence } from './envelope.ts';
import { bytes, choice, field, flag, list, optional, struct, text, uint, type Infer, type Schema } from './schema.ts';

const empty = struct({});
const cursor = uint();
const token = bytes(32);
const envelopeBytes = bytes(1, LIMITS.envelopeBytes);
const handshakeBytes = bytes(1, LIMITS.handshakeBytes);
const keyPackageBytes = bytes(1, 8_192);
const entryBytes = bytes(1, 8_192);

/** A commit that the relay accepted, as the relay signs it (formats: docs/protocol/groups.md). */
export const commitRow = struct({
  groupId: field(0, groupId),
  sequence: field(1, sequence),
  /** SHA-256 of the handshake envelope; 32 zero bytes in a group's first row. */
  commitHash: field(2, hash),
  base: field(3, sequence),
  recipients: field(4, list(mailboxId, LIMITS.groupDevices)),
  capabilityHash: field(5, hash),
  incarnation: field(6, bytes(16)),
});
export type CommitRow = Infer<typeof commitRow>;

export const signedRow = struct({ row: field(0, bytes(1, 32_768)), signature: field(1, signature) });
export type SignedRow = Infer<typeof signedRow>;

/** What a device signs to log in. */
export const loginStatement = struct({
  relayId: field(0, relayId),
  relayNonce: field(1, token),
  clientNonce: field(2, token),
  mailboxId: field(3, mailboxId),
  purpose: field(4, choice({ session: 0, fetchToken: 1 })),
  timeMs: field(5, uint()),
});

/** What a device signs over the key packages that it publishes. */
export const keyPackageList = struct({
  relayId: field(0, relayId),
  mailboxId: field(1, mailboxId),
  packages: field(2, list(keyPackageBytes, LIMITS.keyPackagesPublished)),
  lastResort: optional(3, keyPackageBytes),
  timeMs: field(4, uint()),
});

const account = struct({
  accountId: field(0, accountId),
  entries: field(1, list(entryBytes, LIMITS.accountEntries)),
  claim: optional(2, handleClaim),
});

const accepted = struct({ sequence: field(0, sequence), timeMs: field(1, uint()) });

export const inboxItem = struct({
  cursor: field(0, cursor),
  groupId: field(1, groupId),
  /** Relay sequence within the group. */
  sequence: field(2, sequence),
  /** When it was deposited, by the relay's clock. */
  timeMs: field(3, uint()),
  envelope: field(4, handshakeBytes),
  /** For handshakes and welcomes: the signed row of the commit. */
  row: optional(5, signedRow),
});
export type InboxItem = Infer<typeof inboxItem>;

type Operation<Request, Response, Auth extends 'none' | 'session'> = {
  readonly request: Schema<Request>;
  readonly response: Schema<Response>;
  /** `session`: the caller logged in as a mailbox. Deposits of messages are `none` on purpose. */
  readonly auth: Auth;
};
const operation = <Request, Response, Auth extends 'none' | 'session'>(
  auth: Auth,
  request: Schema<Request>,
  response: Schema<Response>,
): Operation<Request, Response, Auth> => ({ auth, request, response });

export const RELAY_OPERATIONS = {
  hello: operation(
    'none',
    empty,
    struct({
      protocolVersion: field(0, uint(255)),
      minProtocolVersion: field(1, uint(255)),
      relayId: field(2, relayId),
      relayKey: field(3, publicKey),
      nonce: field(4, token),
      timeMs: field(5, uint()),
      day: field(6, uint(0xffff_ffff)),
      incarnation: field(7, bytes(16)),
      registration: field(8, choice({ open: 0, invite: 1, closed: 2 })),
    }),
  ),
  register: operation('none', struct({ entry: field(0, entryBytes) }), struct({ accountId: field(0, accountId) })),
  login: operation(
    'none',
    struct({ statement: field(0, bytes(1, 512)), signature: field(1, signature) }),
    struct({ token: field(0, token), expiresAtMs: field(1, uint()) }),
  ),
  /** No login: the entry's own signature decides, and a device that comes back with the words has no mailbox yet. */
  appendEntry: operation(
    'none',
    struct({ accountId: field(0, accountId), entry: field(1, entryBytes) }),
    struct({ head: field(0, hash) }),
  ),
  account: operation('none', struct({ accountId: optional(0, accountId), handle: optional(1, handle) }), account),
  claimHandle: operation('session', struct({ claim: field(0, handleClaim) }), empty),
  publishKeyPackages: operation(
    'session',
    struct({ list: field(0, bytes(1, 262_144)), signature: field(1, signature) }),
    struct({ available: field(0, uint(1_000)) }),
  ),
  claimKeyPackages: operation(
    'session',
    struct({ accountId: field(0, accountId) }),
    struct({
      packages: field(
        0,
        list(
          struct({
            mailboxId: field(0, mailboxId),
            keyPackage: field(1, keyPackageBytes),
            /** Single use: pays for the first delivery into a mailbox that never asked for it. */
            welcomeToken: field(2, token),
            lastResort: field(3, flag),
          }),
          32,
        ),
      ),
    }),
  ),
  createGroup: operation(
    'session',
    struct({ groupId: field(0, groupId), capabilityHash: field(1, hash) }),
    struct({ row: field(0, signedRow) }),
  ),
  commit: operation(
    'session',
    struct({
      envelope: field(0, handshakeBytes),
      recipients: field(1, list(mailboxId, LIMITS.groupDevices)),
      capabilityHash: field(2, hash),
      welcomes: field(
        3,
        list(
          struct({
            mailboxId: field(0, mailboxId),
            token: field(1, token),
            /** Absent: the same as in the item before. One MLS Welcome serves all that a commit adds. */
            envelope: optional(2, handshakeBytes),
          }),
          LIMITS.addsPerCommit,
        ),
      ),
    }),
    struct({ sequence: field(0, sequence), timeMs: field(1, uint()), row: field(2, signedRow) }),
  ),
  /** No login: the group's capability is the only credential, so the relay is not told who sends. */
  deposit: operation('none', struct({ envelope: field(0, envelopeBytes), capability: field(1, token) }), accepted),
  fetch: operation(
    'session',
    struct({ after: field(0, cursor), limit: field(1, uint(LIMITS.fetchItems)) }),
    struct({ items: field(0, list(inboxItem, LIMITS.fetchItems)), more: field(1, flag) }),
  ),
  acknowledge: operation(
    'session',
    struct({
      items: field(
        0,
        list(
          struct({
            cursor: field(0, cursor),
            /** What became of a handshake; `applied` pins its row. Messages and welcomes say `stored`. */
            standing: field(1, choice({ stored: 0, applied: 1, skipped: 2, broken: 3 })),
          }),
          LIMITS.fetchItems,
        ),
      ),
    }),
    empty,
  ),
  rows: operation(
    'session',
    struct({ groupId: field(0, groupId), after: field(1, sequence) }),
    struct({ rows: field(0, list(signedRow, 64)) }),
  ),
  leaveGroup: operation('session', struct({ groupId: field(0, groupId) }), empty),
  /** Compare-and-set of the device checkpoint; answers the value that now stands. `expected` absent: read only. */
  checkpoint: operation(
    'session',
    struct({ expected: optional(0, token), next: optional(1, token) }),
    struct({ value: optional(0, token), incarnation: field(1, bytes(16)) }),
  ),
} as const;

export type RelayOperation = keyof typeof RELAY_OPERATIONS;
export type RelayRequest<Name extends RelayOperation> = Infer<(typeof RELAY_OPERATIONS)[Name]['request']>;
export type RelayResponse<Name extends RelayOperation> = Infer<(typeof RELAY_OPERATIONS)[Name]['response']>;

/** Closed union of refusals. The number on the right is the HTTP status. */
export const RELAY_ERROR_STATUS = {
  malformed: 400,
  badSignature: 401,
  notLoggedIn: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  handleTaken: 409,
  gone: 410,
  tooLarge: 413,
  unsupportedVersion: 426,
  tooMany: 429,
  internal: 500,
  storageFull: 507,
} as const;
export type RelayErrorCode = keyof typeof RELAY_ERROR_STATUS;

export const relayError = struct({
  code: field(
    0,
    choice({
      malformed: 0,
      badSignature: 1,
      notLoggedIn: 2,
      forbidden: 3,
      notFound: 4,
      conflict: 5,
      handleTaken: 6,
      gone: 7,
      tooLarge: 8,
      unsupportedVersion: 9,
      tooMany: 10,
      internal: 11,
      storageFull: 12,
    }),
  ),
  /** A sentence for a developer; the client has its own for people. */
  message: field(1, text(512)),
  /** With `conflict` on a group: the newest row's sequence. */
  newest: optional(2, sequence),
  /** With `tooMany`: when to try again. */
  retryAfterMs: optional(3, uint()),
});
export type RelayError = Infer<typeof relayError>;
