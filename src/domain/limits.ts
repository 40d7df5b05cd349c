/** Every limit that a person or another program can meet, in one place. */
export const LIMITS = {
  handlePattern: /^[a-z0-9_]{3,32}$/,
  textBytes: 65_536,
  nameGraphemes: 64,
  nameBytes: 512,
  passwordLength: 8,
  pendingOutbox: 10_000,
  pendingRequests: 50,
  /** Kept sealed for one request, or for one group whose next commit is not here; what is beyond is dropped. */
  heldItems: 200,
  heldBytes: 4_194_304,
  envelopeBytes: 262_144,
  handshakeBytes: 524_288,
  /** One call to the relay: a commit carries a handshake and a Welcome. */
  requestBytes: 2_097_152,
  groupDevices: 500,
  addsPerCommit: 100,
  keyPackagesPublished: 20,
  /** Their private parts wait here for 97 days, used or not; of more, only the last resort is given out. */
  keyPackagesKept: 1_000,
  fetchItems: 256,
  receiptIds: 256,
  accountEntries: 1_000,
  /** Of the messages that a search finds, so many of the newest are put in the order "best match". */
  rankedMessages: 2_000,
  /** All files of one account where they are kept in memory and written behind (docs/protocol/file-layer.md). */
  writtenBehindBytes: 268_435_456,
} as const;

export const DAY_MS = 86_400_000;

/** How long the relay keeps what nobody fetched (docs/protocol/relay-api.md). */
export const RETENTION = {
  messageMs: 7 * DAY_MS,
  handshakeMs: 90 * DAY_MS,
  tombstoneMs: 8 * DAY_MS,
  claimedKeyPackageMs: 97 * DAY_MS,
} as const;
