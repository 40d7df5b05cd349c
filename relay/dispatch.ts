/** From bytes to bytes: the one place where a call is decoded, let in, answered, or refused. */
import type { Result } from '../src/domain/result.ts';
import { sha256Sync } from '../src/crypto/hash.ts';
import {
  RELAY_OPERATIONS,
  type RelayError,
  type RelayOperation,
  type RelayRequest,
  type RelayResponse,
} from '../src/wire/relay-api.ts';
import { decodeWith, encodeWith, type Schema } from '../src/wire/schema.ts';
import { toTrace, type Log } from './log.ts';
import type { Handlers, LoggedIn, OperationDeps } from './operations/handler.ts';
import { refuse, refuseTooMany } from './refusal.ts';
import { StorageFullError, type Session } from './store/store.ts';

export type Call = {
  readonly operation: string;
  readonly body: Uint8Array;
  readonly token?: Uint8Array;
  readonly addressKey: string;
};
export type Answer = Result<Uint8Array<ArrayBuffer>, RelayError>;

/** What the token in IndexedDB may do: look, and nothing else. */
const READ_ONLY: ReadonlySet<RelayOperation> = new Set<RelayOperation>(['fetch', 'rows']);

export const createDispatch = (
  { store, clock, limits, log }: Pick<OperationDeps, 'store' | 'clock' | 'limits'> & { readonly log: Log },
  handlers: Handlers,
): ((call: Call) => Promise<Answer>) => {
  const dispatch = async (call: Call, operation: RelayOperation): Promise<Answer> => {
    const allowed = limits.requests.take(call.addressKey);
    if (!allowed.ok) return refuseTooMany(allowed.error);
    const session = await findSession(call);
    if (RELAY_OPERATIONS[operation].auth === 'session') {
      if (session === undefined) return refuse('notLoggedIn', 'log in first');
      if (session.purpose === 'fetchToken' && !READ_ONLY.has(operation)) {
        return refuse('forbidden', 'this token can only read');
      }
    }
    return answer(operation, handlers, call, session);
  };

  const findSession = async ({ token }: Call): Promise<Session | undefined> =>
    token && store.session(sha256Sync(token), clock());

  return async (call) => {
    if (!isOperation(call.operation)) return refuse('notFound', 'no such operation');
    try {
      return await dispatch(call, call.operation);
    } catch (error) {
      if (error instanceof StorageFullError) return refuse('storageFull', 'the relay has no room left');
      log({ event: 'failed', where: call.operation, trace: toTrace(error) });
      return refuse('internal', 'the relay failed; the request can be repeated');
    }
  };
};

const isOperation = (name: string): name is RelayOperation => Object.hasOwn(RELAY_OPERATIONS, name);

/** TypeScript cannot follow one name through three tables; each table is typed by it (handler.ts). */
const answer = async <Name extends RelayOperation>(
  operation: Name,
  handlers: Handlers,
  { body, addressKey }: Call,
  session: Session | undefined,
): Promise<Answer> => {
  const { request, response } = RELAY_OPERATIONS[operation] as unknown as {
    readonly request: Schema<RelayRequest<Name>>;
    readonly response: Schema<RelayResponse<Name>>;
  };
  const decoded = decodeWith(request, body);
  if (!decoded.ok) return refuse('malformed', decoded.error.detail.slice(0, 200));
  const caller = { addressKey, session } as LoggedIn;
  const handled = await handlers[operation](decoded.value, caller);
  return handled.ok ? { ok: true, value: encodeWith(response, handled.value) } : handled;
};
