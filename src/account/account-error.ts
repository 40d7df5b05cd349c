import type { Malformed } from '../wire/cbor.ts';

/** Why a chain, an entry or a claim is refused. */
export type AccountError =
  | Malformed
  | { readonly tag: 'bad-signature' }
  /** The sequence or the predecessor's hash does not fit the place where it stands. */
  | { readonly tag: 'out-of-place' }
  | { readonly tag: 'against-the-rules'; readonly detail: string }
  /** Two entries of devices follow one predecessor: someone shows two histories of one account. */
  | { readonly tag: 'forked' }
  /** Two recovery entries exclude each other: people must compare in person. */
  | { readonly tag: 'contested' };

export const badSignature: AccountError = { tag: 'bad-signature' };
export const outOfPlace: AccountError = { tag: 'out-of-place' };
export const againstTheRules = (detail: string): AccountError => ({ tag: 'against-the-rules', detail });
