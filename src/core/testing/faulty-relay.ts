/** A network between client and relay that loses, repeats and alters what a test tells it to. */
import { err } from '../../domain/result.ts';
import type { RelayError, RelayOperation, RelayRequest, RelayResponse } from '../../wire/relay-api.ts';
import type { RelayAnswer, RelayPort, RelaySocket, SessionToken } from '../../sync/transport.ts';

export type Fate =
  | 'delivered'
  /** The relay never hears of it. */
  | 'request-lost'
  /** The relay does it, and nobody hears so. */
  | 'answer-lost'
  /** The relay hears it twice. */
  | 'repeated';

export type Faults = {
  readonly fate?: (operation: RelayOperation) => Fate;
  /** What a relay refuses without looking at it. */
  readonly refuse?: (operation: RelayOperation) => RelayError | undefined;
  /** What a dishonest relay answers instead. */
  readonly alter?: <Name extends RelayOperation>(operation: Name, answer: RelayResponse<Name>) => RelayResponse<Name>;
};

type Call = <Name extends RelayOperation>(
  operation: Name,
  request: RelayRequest<Name>,
  session?: SessionToken,
) => Promise<RelayAnswer<Name>>;

export const createFaultyRelay = (relay: RelayPort, faults: Faults): RelayPort => {
  const suffer =
    (call: Call): Call =>
    async (operation, request, session) => {
      const fate = faults.fate?.(operation) ?? 'delivered';
      if (fate === 'request-lost') return err({ tag: 'offline' });
      const refusal = faults.refuse?.(operation);
      if (refusal !== undefined) return err({ tag: 'refused', error: refusal });
      if (fate === 'repeated') await call(operation, request, session);
      const answer = await call(operation, request, session);
      if (fate === 'answer-lost') return err({ tag: 'offline' });
      return answer.ok && faults.alter ? { ok: true, value: faults.alter(operation, answer.value) } : answer;
    };
  return {
    call: suffer((operation, request, session) => relay.call(operation, request, session)),
    openSocket(handlers): RelaySocket {
      const socket = relay.openSocket(handlers);
      return { call: suffer((operation, request) => socket.call(operation, request)), close: () => socket.close() };
    },
  };
};
