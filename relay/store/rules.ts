/** Numbers of the commit-row rules (docs/protocol/groups.md). */
import { DAY_MS, RETENTION } from '../../src/domain/limits.ts';

export const ROW_RULES = {
  /** An unpinned row lives this long, or until all its recipients acknowledged it. */
  unpinnedRowMs: 90 * DAY_MS,
  unpinnedRowsPerMailbox: 64,
  handshakesPerHour: 30,
  handshakeMs: RETENTION.handshakeMs,
  tombstoneMs: RETENTION.tombstoneMs,
  /** After a restore from backup no sequence and no cursor is given twice. */
  restoreJump: 65_536,
} as const;

/** What may wait for one mailbox before messages to it are refused (docs/protocol/relay-api.md, "Limits"). */
export const DEFAULT_WAITING_LIMITS = { items: 20_000, bytes: 268_435_456 } as const;

/** Nobody can say when a full mailbox will be emptied. */
export const FULL_MAILBOX_RETRY_MS = 60_000;

export const HOUR_MS = 3_600_000;
