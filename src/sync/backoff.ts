/** Waiting longer after each failure, and never in step with others: full jitter between half and the whole step. */
export type BackoffOptions = { readonly firstMs: number; readonly maxMs: number };

/** Half a minute at most: somebody may be looking at the screen when the relay is back. */
export const BACKOFF: BackoffOptions = { firstMs: 1_000, maxMs: 30_000 };

/**
 * @param failures how many tries failed in a row, from 1
 * @param fraction from 0 to below 1, drawn from the injected random source
 */
export const backoffMs = (failures: number, fraction: number, options: BackoffOptions = BACKOFF): number => {
  const stepMs = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(stepMs / 2 + (stepMs / 2) * fraction);
};
