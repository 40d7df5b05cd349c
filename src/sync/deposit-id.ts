import { bytesToHex, hexToBytes, type DepositId } from '../domain/ids.ts';
import type { RandomBytes } from '../domain/ports.ts';

const RANDOM_BYTES = 12;

/**
 * Day of the relay's clock u32 | 12 random bytes. The day lets a relay forget answered ids after 8 days without ever
 * taking an old envelope for a new one (docs/protocol/envelope.md).
 */
export const createDepositId = (relayDay: number, random: RandomBytes): DepositId => {
  const bytes = new Uint8Array(4 + RANDOM_BYTES);
  new DataView(bytes.buffer).setUint32(0, relayDay);
  bytes.set(random(RANDOM_BYTES), 4);
  return bytesToHex(bytes) as DepositId;
};

/** Whether the relay may still know whether it took this one: it answers for its own day and the one beside it. */
export const isDepositDayOver = (depositId: DepositId, relayDay: number): boolean =>
  new DataView(hexToBytes(depositId).buffer).getUint32(0) < relayDay - 1;
