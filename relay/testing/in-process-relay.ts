/** A relay in this process over memory, with a clock that stands still until a test moves it. */
import { createRelayKey, generateRelayKeyBytes, type RelayKey } from '../relay-key.ts';
import { RATES_WITHOUT_ADDRESSES, type Rates } from '../limits.ts';
import type { LogEvent } from '../log.ts';
import { deferToEndOfTurn, randomBytes } from '../platform.ts';
import type { Registration } from '../operations/sessions.ts';
import { createRelay, type Relay } from '../relay.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { RelayStore } from '../store/store.ts';

export const START_MS = Date.UTC(2026, 10, 23, 12);

export type TestRelay = Relay & {
  readonly store: RelayStore;
  readonly moveClock: (byMs: number) => void;
  readonly nowMs: () => number;
  readonly logged: readonly LogEvent[];
};

export const createTestRelay = (
  options: {
    readonly rates?: Rates;
    readonly registration?: Registration;
    readonly wrapStore?: (store: RelayStore) => RelayStore;
    /** Of a relay that was there before. */
    readonly startMs?: number;
    readonly key?: RelayKey;
    readonly file?: string;
    readonly restored?: boolean;
  } = {},
): TestRelay => {
  let nowMs = options.startMs ?? START_MS;
  const logged: LogEvent[] = [];
  const opened = openSqliteStore(
    { random: randomBytes, defer: deferToEndOfTurn },
    { file: options.file ?? ':memory:', ...(options.restored && { restored: true }) },
  );
  const store = options.wrapStore?.(opened) ?? opened;
  const relay = createRelay(
    {
      clock: () => nowMs,
      random: randomBytes,
      setTimer: () => () => {},
      store,
      key: options.key ?? createRelayKey(generateRelayKeyBytes(randomBytes)),
      log: (event) => logged.push(event),
    },
    { rates: options.rates ?? RATES_WITHOUT_ADDRESSES, registration: options.registration ?? 'open' },
  );
  return { ...relay, store, logged, nowMs: () => nowMs, moveClock: (byMs) => void (nowMs += byMs) };
};
