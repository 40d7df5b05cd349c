import { bytesToHex } from '../../src/domain/ids.ts';
import { DAY_MS } from '../../src/domain/limits.ts';
import type { Clock, RandomBytes } from '../../src/domain/ports.ts';
import { ok } from '../../src/domain/result.ts';
import { verifyLogin } from '../../src/account/relay-statements.ts';
import { sha256Sync } from '../../src/crypto/hash.ts';
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../../src/wire/protocol-version.ts';
import { loginStatement } from '../../src/wire/relay-api.ts';
import { decodeWith } from '../../src/wire/schema.ts';
import { refuse, refuseTooMany } from '../refusal.ts';
import type { Bytes } from '../store/store.ts';
import type { Handlers, OperationDeps } from './handler.ts';

export const SESSION_MS = DAY_MS;
export const FETCH_TOKEN_MS = 30 * DAY_MS;
export const LOGIN_WINDOW_MS = 5 * 60_000;

/** `invite` has its number in the protocol and comes with invitations that the relay can check. */
export type Registration = 'open' | 'closed';

export const createSessionOperations = (
  { clock, random, store, key, limits }: OperationDeps,
  options: { readonly registration: Registration },
): Pick<Handlers, 'hello' | 'login'> => {
  const nonces = createNonces(clock, random);
  return {
    hello: async () => {
      const timeMs = clock();
      return ok({
        protocolVersion: PROTOCOL_VERSION,
        minProtocolVersion: MIN_PROTOCOL_VERSION,
        relayId: key.relayId,
        relayKey: key.publicKey,
        nonce: nonces.draw(),
        timeMs,
        day: Math.floor(timeMs / DAY_MS),
        incarnation: store.incarnation,
        registration: options.registration,
      });
    },

    login: async ({ statement, signature }, { addressKey }) => {
      const allowed = limits.logins.take(addressKey);
      if (!allowed.ok) return refuseTooMany(allowed.error);
      const claimed = decodeWith(loginStatement, statement);
      if (!claimed.ok) return refuse('malformed', 'not a login statement');
      const { relayId, relayNonce, mailboxId, purpose, timeMs } = claimed.value;

      if (relayId !== key.relayId) return refuse('badSignature', 'the statement was made for another relay');
      if (Math.abs(clock() - timeMs) > LOGIN_WINDOW_MS) return refuse('gone', 'the statement is too old');
      if (!nonces.use(relayNonce)) return refuse('gone', 'the nonce was used or is too old; ask hello for another');
      const device = await store.deviceByMailbox(mailboxId);
      if (device === undefined) return refuse('notFound', 'no such mailbox');
      const verified = await verifyLogin(device.mailboxKey, statement, signature);
      if (!verified.ok) return refuse('badSignature', 'the signature does not fit the mailbox');

      const token = random(32);
      const expiresAtMs = clock() + (purpose === 'session' ? SESSION_MS : FETCH_TOKEN_MS);
      await store.openSession({ tokenHash: sha256Sync(token), mailboxId, purpose, expiresAtMs });
      return ok({ token, expiresAtMs });
    },
  };
};

const MAX_NONCES = 100_000;

/** Each is good for one login, for five minutes, in this process: a statement seen on the way is worth nothing. */
const createNonces = (clock: Clock, random: RandomBytes) => {
  const expiry = new Map<string, number>();

  const dropOld = (): void => {
    for (const [nonce, expiresAtMs] of expiry) {
      if (expiresAtMs > clock() && expiry.size < MAX_NONCES) return;
      expiry.delete(nonce);
    }
  };

  return {
    draw: (): Bytes => {
      dropOld();
      const nonce = random(32);
      expiry.set(bytesToHex(nonce), clock() + LOGIN_WINDOW_MS);
      return nonce;
    },
    use: (nonce: Uint8Array): boolean => {
      const name = bytesToHex(nonce);
      const expiresAtMs = expiry.get(name);
      expiry.delete(name);
      return expiresAtMs !== undefined && expiresAtMs > clock();
    },
  };
};
