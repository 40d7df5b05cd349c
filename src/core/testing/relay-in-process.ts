/** A relay of the same process as sync's port: the same bytes as over a wire, without one. */
import type { MailboxId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import { RELAY_OPERATIONS, type RelayOperation, type RelayRequest, type RelayResponse } from '../../wire/relay-api.ts';
import { decodeWith, encodeWith, type Schema } from '../../wire/schema.ts';
import type { RelayAnswer, RelayPort, SessionToken } from '../../sync/transport.ts';
import type { Relay } from '../../../relay/relay.ts';

export const createRelayInProcess = (relay: Pick<Relay, 'call' | 'sessionOf' | 'wakeBus'>): RelayPort => {
  const call = async <Name extends RelayOperation>(
    operation: Name,
    request: RelayRequest<Name>,
    token?: SessionToken,
  ): Promise<RelayAnswer<Name>> => {
    const schemas = RELAY_OPERATIONS[operation] as unknown as {
      readonly request: Schema<RelayRequest<Name>>;
      readonly response: Schema<RelayResponse<Name>>;
    };
    const body = encodeWith(schemas.request, request);
    const answer = await relay.call({ operation, body, addressKey: 'test', ...(token && { token }) });
    if (!answer.ok) return err({ tag: 'refused', error: answer.error });
    const decoded = decodeWith(schemas.response, answer.value);
    if (!decoded.ok) throw new Error(`the relay answered ${operation} with something else: ${decoded.error.detail}`);
    return ok(decoded.value);
  };

  return {
    call,
    openSocket({ onOpen, onWake, onClose }) {
      let token: SessionToken | undefined;
      let stopListening = (): void => undefined;
      let isClosed = false;
      const listen = (mailboxId: MailboxId): void => {
        stopListening = relay.wakeBus.on(mailboxId, () => queueMicrotask(onWake));
      };
      queueMicrotask(() => {
        if (!isClosed) onOpen();
      });
      return {
        async call(operation, request) {
          if (isClosed) return err({ tag: 'offline' });
          const answer = await call(operation, request, token);
          if (answer.ok && operation === 'login') {
            token = (answer.value as RelayResponse<'login'>).token;
            const session = await relay.sessionOf(token);
            if (session !== undefined) listen(session.mailboxId);
          }
          return answer;
        },
        close() {
          if (isClosed) return;
          isClosed = true;
          stopListening();
          queueMicrotask(onClose);
        },
      };
    },
  };
};
