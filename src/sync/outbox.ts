/**
 * The life of one thing to be sent (docs/protocol/sync.md, "Outbox"). Pure: (state, event) -> state. What is sealed is
 * saved before it is sent and sent unchanged until the relay took it or refused it for good, so that a lost answer can
 * never make two messages of one.
 */
import { RETENTION, DAY_MS } from '../domain/limits.ts';
import type { DeliveryEvent, DeliveryFailure } from '../domain/delivery.ts';
import type { RelayFailure } from './transport.ts';

type Renewal = {
  /** How often a sealing ran out without a receipt. */
  readonly renewals: number;
  /** When the relay took the one that ran out: a person waits from then on, however often it is sealed. */
  readonly firstAcceptedMs?: number;
};

export type OutboxState =
  /** Nothing is sealed. */
  | ({ readonly tag: 'intent' } & Renewal)
  | ({ readonly tag: 'sealed' } & Renewal)
  /** Messages only: the relay has it, their device has not said so yet. `acceptedMs`: the first time, by its clock. */
  | { readonly tag: 'accepted'; readonly renewals: number; readonly acceptedMs: number }
  | { readonly tag: 'done' }
  | { readonly tag: 'failed'; readonly failure: DeliveryFailure };

export type OutboxEvent =
  | { readonly tag: 'sealed' }
  | { readonly tag: 'accepted'; readonly acceptedMs: number; readonly wantsReceipt: boolean }
  /** 409, or the deposit id's day is over: the bytes are dropped, the intent is sealed anew under a new deposit id. */
  | { readonly tag: 'stale' }
  | { readonly tag: 'refused'; readonly failure: DeliveryFailure }
  | { readonly tag: 'receipt' }
  | { readonly tag: 'time'; readonly relayNowMs: number }
  | { readonly tag: 'retried' };

/** After this long without a receipt the relay is about to drop the sealing: there is one new one. */
export const RENEW_AFTER_MS = 6 * DAY_MS;
const RENEWALS = 1;

export const nextOutbox = (state: OutboxState, event: OutboxEvent): OutboxState => {
  if (event.tag === 'receipt') return { tag: 'done' };
  switch (state.tag) {
    case 'intent':
      if (event.tag === 'sealed') return { ...state, tag: 'sealed' };
      return event.tag === 'refused' ? { tag: 'failed', failure: event.failure } : state;
    case 'sealed':
      return afterSealed(state, event);
    case 'accepted':
      return event.tag === 'time' ? afterWaiting(state, event.relayNowMs) : state;
    case 'failed':
      return event.tag === 'retried' ? { tag: 'intent', renewals: 0 } : state;
    case 'done':
      return state;
  }
};

const afterSealed = (state: OutboxState & { tag: 'sealed' }, event: OutboxEvent): OutboxState => {
  switch (event.tag) {
    case 'accepted':
      return event.wantsReceipt
        ? { tag: 'accepted', renewals: state.renewals, acceptedMs: state.firstAcceptedMs ?? event.acceptedMs }
        : { tag: 'done' };
    case 'stale':
      return { ...state, tag: 'intent' };
    case 'refused':
      return { tag: 'failed', failure: event.failure };
    default:
      return state;
  }
};

/** Seven days are over: told. Six: sealed once more, while the receiver may still come. */
const afterWaiting = (state: OutboxState & { tag: 'accepted' }, relayNowMs: number): OutboxState => {
  const waitedMs = relayNowMs - state.acceptedMs;
  if (waitedMs >= RETENTION.messageMs) return { tag: 'failed', failure: 'expired' };
  if (waitedMs >= RENEW_AFTER_MS && state.renewals < RENEWALS)
    return { tag: 'intent', renewals: state.renewals + 1, firstAcceptedMs: state.acceptedMs };
  return state;
};

/** What a step of the outbox means for the message that people see. */
export const toDeliveryEvent = (before: OutboxState, after: OutboxState): DeliveryEvent | undefined => {
  if (after.tag === before.tag) return undefined;
  switch (after.tag) {
    case 'accepted':
      return { tag: 'accepted' };
    case 'failed':
      return { tag: 'given-up', failure: after.failure };
    case 'intent':
      return before.tag === 'failed' ? { tag: 'retried' } : undefined;
    case 'sealed':
    case 'done':
      return undefined;
  }
};

/**
 * What a refusal means for the sealed bytes. Undefined: nothing, they stay and are sent again later (no answer, too
 * many requests, a relay in trouble).
 */
export const refusalToEvent = (failure: RelayFailure): OutboxEvent | undefined => {
  if (failure.tag === 'offline') return undefined;
  switch (failure.error.code) {
    case 'conflict':
    case 'gone':
      return { tag: 'stale' };
    case 'tooMany':
    case 'internal':
    case 'storageFull':
    case 'notLoggedIn':
    case 'unsupportedVersion':
      return undefined;
    case 'notFound':
    case 'forbidden':
      return { tag: 'refused', failure: 'recipient-unreachable' };
    case 'malformed':
    case 'badSignature':
    case 'handleTaken':
    case 'tooLarge':
      return { tag: 'refused', failure: 'refused' };
  }
};
