import type { RouteLocationRaw } from 'vue-router';
import type { AccountSummary } from '../../rpc/dto.ts';
import { toChats } from './destinations.ts';

/** Where a start without an address leads, by what this device holds. */
export const startDestination = ([first, second]: readonly AccountSummary[]): RouteLocationRaw => {
  if (first === undefined) return { name: 'welcome' };
  // A second window beside an open account is as often meant for another person: it asks.
  return second === undefined && first.state !== 'open' ? toChats(first.vaultId) : { name: 'accounts' };
};
