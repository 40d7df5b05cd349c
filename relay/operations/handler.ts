import type { Clock, RandomBytes } from '../../src/domain/ports.ts';
import type { Result } from '../../src/domain/result.ts';
import type {
  RELAY_OPERATIONS,
  RelayError,
  RelayOperation,
  RelayRequest,
  RelayResponse,
} from '../../src/wire/relay-api.ts';
import type { Limits } from '../limits.ts';
import type { RelayKey } from '../relay-key.ts';
import type { RelayStore, Session } from '../store/store.ts';
import type { WakeBus } from '../wake-bus.ts';

export interface OperationDeps {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly store: RelayStore;
  readonly key: RelayKey;
  readonly limits: Limits;
  readonly wakeBus: WakeBus;
}

/** Known only while the call lasts, for rate limits. */
export type Caller = { readonly addressKey: string };
export type LoggedIn = Caller & { readonly session: Session };

export type CallerOf<Name extends RelayOperation> = (typeof RELAY_OPERATIONS)[Name]['auth'] extends 'session'
  ? LoggedIn
  : Caller;

/** The request is well-formed, and its caller logged in where the operation asks for it. */
export type Handler<Name extends RelayOperation> = (
  request: RelayRequest<Name>,
  caller: CallerOf<Name>,
) => Promise<Result<RelayResponse<Name>, RelayError>>;

export type Handlers = { readonly [Name in RelayOperation]: Handler<Name> };
