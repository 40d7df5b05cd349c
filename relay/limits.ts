/** How often one address, mailbox or group may ask (docs/protocol/relay-api.md, "Limits"). */
import type { Clock } from '../src/domain/ports.ts';
import { createTokenBuckets, type Rate, type TokenBuckets } from './token-buckets.ts';

const perHour = (count: number): number => count / 3_600;

export const DEFAULT_RATES = {
  /** Calls of any kind, per address. */
  requests: { burst: 1_000, perSecond: 50 },
  /** Per address. */
  registrations: { burst: 30, perSecond: perHour(60) },
  logins: { burst: 300, perSecond: 5 },
  lookUps: { burst: 120, perSecond: 0.5 },
  deposits: { burst: 1_000, perSecond: 50 },
  /** Per group, whoever sends. */
  groupDeposits: { burst: 1_000, perSecond: 20 },
  /** Per mailbox that claims. */
  keyPackageClaims: { burst: 60, perSecond: perHour(60) },
  lastResortClaims: { burst: 10, perSecond: perHour(10) },
  /** Per mailbox that opens them: each leaves a row that is kept. */
  groupCreations: { burst: 120, perSecond: perHour(120) },
} as const satisfies Readonly<Record<string, Rate>>;

/** Sockets that are open at one time, and how long one may stay open without a login. */
export const DEFAULT_SOCKET_LIMITS = { total: 10_000, perAddress: 64, loginMs: 10_000 } as const;

export type RateName = keyof typeof DEFAULT_RATES;
export type Rates = Readonly<Record<RateName, Rate>>;
export type Limits = Readonly<Record<RateName, TokenBuckets>>;

const UNLIMITED: Rate = { burst: Number.MAX_SAFE_INTEGER, perSecond: Number.MAX_SAFE_INTEGER };

/** Where all clients share one address, counting by address would count strangers together. */
export const RATES_WITHOUT_ADDRESSES: Rates = {
  ...DEFAULT_RATES,
  requests: UNLIMITED,
  registrations: UNLIMITED,
  logins: UNLIMITED,
  lookUps: UNLIMITED,
  deposits: UNLIMITED,
};

export const createLimits = (clock: Clock, rates: Rates): Limits => ({
  requests: createTokenBuckets(clock, rates.requests),
  registrations: createTokenBuckets(clock, rates.registrations),
  logins: createTokenBuckets(clock, rates.logins),
  lookUps: createTokenBuckets(clock, rates.lookUps),
  deposits: createTokenBuckets(clock, rates.deposits),
  groupDeposits: createTokenBuckets(clock, rates.groupDeposits),
  keyPackageClaims: createTokenBuckets(clock, rates.keyPackageClaims),
  lastResortClaims: createTokenBuckets(clock, rates.lastResortClaims),
  groupCreations: createTokenBuckets(clock, rates.groupCreations),
});

/** Whoever has an IPv6 address has a whole /64 of them, however each is written (RFC 5952 shortens zeros). */
export const toAddressKey = (address: string): string => {
  if (!address.includes(':') || address.includes('.')) return address;
  const [front = '', back] = address.split('::');
  const before = front.split(':').filter((part) => part !== '');
  const after = back === undefined ? [] : back.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
};
