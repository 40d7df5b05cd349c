import { LIMITS, RETENTION } from '../../src/domain/limits.ts';
import { ok } from '../../src/domain/result.ts';
import { MAX_DEVICES } from '../../src/account/account-state.ts';
import { verifyKeyPackageList } from '../../src/account/relay-statements.ts';
import { sha256Sync } from '../../src/crypto/hash.ts';
import { refuse, refuseTooMany } from '../refusal.ts';
import type { Handlers, OperationDeps } from './handler.ts';

export const createKeyPackageOperations = ({
  clock,
  random,
  store,
  key,
  limits,
}: OperationDeps): Pick<Handlers, 'publishKeyPackages' | 'claimKeyPackages'> => ({
  publishKeyPackages: async ({ list, signature }, { session }) => {
    const device = await store.deviceByMailbox(session.mailboxId);
    if (device === undefined) return refuse('notFound', 'no such mailbox');
    const verified = await verifyKeyPackageList(device.mailboxKey, list, signature);
    if (!verified.ok) {
      return verified.error.tag === 'bad-signature'
        ? refuse('badSignature', 'the signature does not fit the mailbox')
        : refuse('malformed', 'not a list of key packages');
    }
    const { relayId, mailboxId, packages, lastResort } = verified.value;
    if (relayId !== key.relayId) return refuse('badSignature', 'the list was made for another relay');
    if (mailboxId !== session.mailboxId) return refuse('badSignature', 'the list was made for another mailbox');
    const available = await store.publishKeyPackages({
      mailboxId,
      packages,
      ...(lastResort && { lastResort }),
      keep: LIMITS.keyPackagesPublished,
      nowMs: clock(),
    });
    return ok({ available });
  },

  claimKeyPackages: async ({ accountId }, { session }) => {
    const allowed = limits.keyPackageClaims.take(session.mailboxId);
    if (!allowed.ok) return refuseTooMany(allowed.error);
    if ((await store.account(accountId)) === undefined) return refuse('notFound', 'no such account');
    const tokens = Array.from({ length: MAX_DEVICES }, () => random(32));
    const claimed = await store.claimKeyPackages({
      accountId,
      tokenHashes: tokens.map(sha256Sync),
      tokensExpireAtMs: clock() + RETENTION.claimedKeyPackageMs,
      allowLastResort: limits.lastResortClaims.has(session.mailboxId),
      nowMs: clock(),
    });
    const lastResorts = claimed.filter(({ lastResort }) => lastResort).length;
    if (lastResorts > 0) limits.lastResortClaims.take(session.mailboxId);
    const packages = claimed.flatMap((item, position) => {
      const welcomeToken = tokens[position];
      return welcomeToken === undefined ? [] : [{ ...item, welcomeToken }];
    });
    return ok({ packages });
  },
});
