import type { RandomBytes } from '../domain/ports.ts';

/** Waiting longer after each failure, and never in step with others: full jitter between half and the whole step. */
export type BackoffOptions = { readonly firstMs: number; readonly maxMs: number };

/** Half a minute at most: somebody may be looking at the screen when the relay is back. */
export const BACKOFF: BackoffOptions = { firstMs: 1_000, maxMs: 30_000 };

/** A relay that asks for more time than this is asked again all the same: its word shall not silence a device for good. */
export const MAX_ASKED_MS = 60 * 60_000;

export const boundAskedMs = (askedMs: number): number => Math.min(askedMs, MAX_ASKED_MS);

/**
 * @param failures how many tries failed in a row, from 1
 * @param fraction from 0 to below 1, drawn from the injected random source
 */
export const backoffMs = (failures: number, fraction: number, options: BackoffOptions = BACKOFF): number => {
  const stepMs = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(stepMs / 2 + (stepMs / 2) * fraction);
};

/** From 0 to below 1. */
export const drawFraction = (random: RandomBytes): number => new DataView(random(4).buffer).getUint32(0) / 2 ** 32;
