import { DAY_MS } from '../../domain/limits.ts';

/**
 * The relay's word on when something was sent, as it is shown and sorted by. One that lies in our future by more than
 * clocks differ is no such time: it would keep a conversation on top for years, or be no date at all.
 */
export const toShownTime = (relayMs: number, nowMs: number): number => (relayMs > nowMs + DAY_MS ? nowMs : relayMs);
