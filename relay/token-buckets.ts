import type { Clock } from '../src/domain/ports.ts';
import { err, ok, type Result } from '../src/domain/result.ts';

/** `burst` at once, then `perSecond`. */
export type Rate = { readonly burst: number; readonly perSecond: number };

export interface TokenBuckets {
  /** The error is how many milliseconds to wait. */
  readonly take: (key: string, count?: number) => Result<void, number>;
  readonly has: (key: string) => boolean;
}

type Bucket = { readonly tokens: number; readonly atMs: number };

/** In memory only: what is counted here is never stored, never logged, and forgotten at the next start. */
export const createTokenBuckets = (clock: Clock, rate: Rate, maxKeys = 50_000): TokenBuckets => {
  const buckets = new Map<string, Bucket>();

  const fill = (key: string): Bucket => {
    const nowMs = clock();
    const bucket = buckets.get(key);
    if (bucket === undefined) return { tokens: rate.burst, atMs: nowMs };
    const gained = (Math.max(0, nowMs - bucket.atMs) / 1_000) * rate.perSecond;
    return { tokens: Math.min(rate.burst, bucket.tokens + gained), atMs: nowMs };
  };

  return {
    has: (key) => fill(key).tokens >= 1,
    take: (key, count = 1) => {
      const { tokens, atMs } = fill(key);
      if (tokens < count) return err(Math.ceil(((count - tokens) / rate.perSecond) * 1_000));
      // Deleting first moves the key to the end, so the front of the map is what was not used for longest.
      buckets.delete(key);
      buckets.set(key, { tokens: tokens - count, atMs });
      const [oldest] = buckets.keys();
      if (buckets.size > maxKeys && oldest !== undefined) buckets.delete(oldest);
      return ok(undefined);
    },
  };
};
