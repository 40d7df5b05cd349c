import { LIMITS } from '../domain/limits.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { equalBytes } from '../crypto/bytes.ts';
import { sign, verify, type SigningKey } from '../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../crypto/labels.ts';
import { handleClaimBody, type HandleClaim, type HandleClaimBody } from '../wire/account-entry.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import { againstTheRules, badSignature, type AccountError } from './account-error.ts';
import { findDevice } from './account-state.ts';
import type { AccountChain } from './chain.ts';

/** "At this relay, this handle is me." The counter grows with each claim, so an old one cannot be played again. */
export const createHandleClaim = async (
  body: HandleClaimBody,
  signer: { readonly deviceIndex: number; readonly signingKey: SigningKey },
): Promise<HandleClaim> => {
  const encoded = encodeWith(handleClaimBody, body);
  const signature = await sign(signer.signingKey, SIGNATURE_LABELS.handle, encoded);
  return { body: encoded, deviceIndex: signer.deviceIndex, signature };
};

/**
 * What the claim says, if it holds: made for the relay of this account, at a head on the living chain, by a device that
 * was valid there. Whether the counter is newer than an earlier one is the caller's question.
 */
export const verifyHandleClaim = async (
  claim: HandleClaim,
  chain: AccountChain,
): Promise<Result<HandleClaimBody, AccountError>> => {
  const decoded = decodeWith(handleClaimBody, claim.body);
  if (!decoded.ok) return decoded;
  const body = decoded.value;
  if (!LIMITS.handlePattern.test(body.handle)) return err(againstTheRules('not a handle'));
  if (body.accountId !== chain.state.accountId) return err(againstTheRules('made for another account'));
  if (body.relayId !== chain.state.relayId) return err(againstTheRules('made for another relay'));
  const state = chain.states.find(({ head }) => equalBytes(head, body.head));
  const signer = state && findDevice(state, claim.deviceIndex);
  if (signer === undefined) return err(againstTheRules('no valid device of this chain made it'));
  const isSigned = await verify(signer.signatureKey, SIGNATURE_LABELS.handle, claim.body, claim.signature);
  return isSigned ? ok(body) : err(badSignature);
};
