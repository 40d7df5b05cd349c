import type { RelayId } from '../src/domain/ids.ts';
import type { Clock, RandomBytes, SetTimer } from '../src/domain/ports.ts';
import { sha256Sync } from '../src/crypto/hash.ts';
import { createDispatch, type Answer, type Call } from './dispatch.ts';
import { createLimits, DEFAULT_RATES, type Rates } from './limits.ts';
import { toTrace, type Log } from './log.ts';
import { createDirectoryOperations } from './operations/directory.ts';
import { createGroupOperations } from './operations/groups.ts';
import type { Handlers, OperationDeps } from './operations/handler.ts';
import { createKeyPackageOperations } from './operations/key-packages.ts';
import { createMailboxOperations } from './operations/mailboxes.ts';
import { createSessionOperations, type Registration } from './operations/sessions.ts';
import type { RelayKey } from './relay-key.ts';
import type { RelayStore, Session } from './store/store.ts';
import { createWakeBus, type WakeBus } from './wake-bus.ts';

export interface RelayDeps {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly setTimer: SetTimer;
  readonly store: RelayStore;
  readonly key: RelayKey;
  readonly log: Log;
}

export type RelayOptions = { readonly registration?: Registration; readonly rates?: Rates };

/** The relay without its carriers: `call` is what HTTP and sockets, or a test in the same process, speak to. */
export interface Relay {
  readonly relayId: RelayId;
  readonly call: (call: Call) => Promise<Answer>;
  /** Whose token this is, while it is good. */
  readonly sessionOf: (token: Uint8Array) => Promise<Session | undefined>;
  readonly wakeBus: WakeBus;
  /** Deletes what is over; runs by itself every minute. */
  readonly expire: () => Promise<void>;
  /** Stops the timer and closes the store. */
  readonly close: () => Promise<void>;
}

const EXPIRE_EVERY_MS = 60_000;

export const createRelay = (deps: RelayDeps, options: RelayOptions = {}): Relay => {
  const { clock, store, key, log, setTimer } = deps;
  const wakeBus = createWakeBus();
  const operations: OperationDeps = {
    ...deps,
    wakeBus,
    limits: createLimits(clock, options.rates ?? DEFAULT_RATES),
  };
  const registration = { registration: options.registration ?? 'open' };
  const handlers: Handlers = {
    ...createSessionOperations(operations, registration),
    ...createDirectoryOperations(operations, registration),
    ...createKeyPackageOperations(operations),
    ...createGroupOperations(operations),
    ...createMailboxOperations(operations),
  };

  const expire = async (): Promise<void> => {
    const startedMs = clock();
    try {
      await store.expire(startedMs);
      log({ event: 'expired', durationMs: clock() - startedMs });
    } catch (error) {
      log({ event: 'failed', where: 'expire', trace: toTrace(error) });
    }
  };
  const expireLater = (): (() => void) => setTimer(() => void expire().then(again), EXPIRE_EVERY_MS);
  let cancel = expireLater();
  let isClosed = false;
  const again = (): void => {
    if (!isClosed) cancel = expireLater();
  };

  return {
    relayId: key.relayId,
    call: createDispatch({ ...operations, log }, handlers),
    sessionOf: (token) => store.session(sha256Sync(token), clock()),
    wakeBus,
    expire,
    close: async () => {
      isClosed = true;
      cancel();
      await store.close();
    },
  };
};
