import type { SetTimer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { RelayAnswer, RelayFailure, RelaySocket, SocketHandlers } from '../sync/transport.ts';
import type { RelayOperation, RelayRequest } from '../wire/relay-api.ts';
import { clientFrame, serverFrame, type ServerFrame } from '../wire/relay-frames.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import { schemasOf } from './relay-schemas.ts';

/** A socket that is not open, or owes an answer, for this long is as good as dead. */
const TIME_LIMIT_MS = 30_000;

/** The part of `WebSocket` that is used. */
export type SocketLike = Pick<WebSocket, 'binaryType' | 'readyState' | 'send' | 'close' | 'addEventListener'>;

type Answer = Result<Uint8Array, RelayFailure>;

const offline: { readonly ok: false; readonly error: RelayFailure } = err({ tag: 'offline' });
const OPEN = 1;

/**
 * A relay socket (docs/protocol/relay-api.md, "Frames"). One missed time limit or one frame that is not ours ends it:
 * every request that is still open is then answered `offline`, and the caller opens another when it wants to.
 */
export const createRelaySocket = (
  deps: { readonly socket: SocketLike; readonly setTimer: SetTimer },
  handlers: SocketHandlers,
): RelaySocket => {
  const { socket, setTimer } = deps;
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let hasEnded = false;
  socket.binaryType = 'arraybuffer';
  const cancelOpening = setTimer(end, TIME_LIMIT_MS);

  socket.addEventListener('open', () => {
    if (hasEnded) return;
    cancelOpening();
    handlers.onOpen();
  });
  // `error` is always followed by `close`.
  socket.addEventListener('close', end);
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (hasEnded) return;
    const frame = data instanceof ArrayBuffer ? decodeWith(serverFrame, new Uint8Array(data)) : undefined;
    if (frame?.ok !== true || !receive(frame.value)) end();
  });

  /** Closing does not wait for the relay's part of the handshake: on a dead network it would take a minute. */
  function end(): void {
    if (hasEnded) return;
    hasEnded = true;
    cancelOpening();
    socket.close();
    for (const answer of [...waiting.values()]) answer(offline);
    handlers.onClose();
  }

  /** False for a frame that a relay of this protocol does not send. */
  function receive(frame: ServerFrame): boolean {
    if (frame.kind === 'wake') {
      handlers.onWake();
      return true;
    }
    const answer = frame.id === undefined ? undefined : waiting.get(frame.id);
    if (frame.kind === 'response' && answer !== undefined && frame.body !== undefined) answer(ok(frame.body));
    else if (frame.kind === 'error' && answer !== undefined && frame.error !== undefined)
      answer(err({ tag: 'refused', error: frame.error }));
    else return false;
    return true;
  }

  const request = (operation: RelayOperation, body: Uint8Array<ArrayBuffer>): Promise<Answer> =>
    new Promise((resolve) => {
      lastId += 1;
      const id = lastId;
      const cancelTimer = setTimer(end, TIME_LIMIT_MS);
      waiting.set(id, (answer) => {
        cancelTimer();
        waiting.delete(id);
        resolve(answer);
      });
      socket.send(encodeWith(clientFrame, { id, operation, body }));
    });

  return {
    async call<Name extends RelayOperation>(operation: Name, content: RelayRequest<Name>): Promise<RelayAnswer<Name>> {
      if (hasEnded || socket.readyState !== OPEN) return offline;
      const schemas = schemasOf(operation);
      const answer = await request(operation, encodeWith(schemas.request, content));
      if (!answer.ok) return answer;
      const response = decodeWith(schemas.response, answer.value);
      if (response.ok) return ok(response.value);
      end();
      return offline;
    },
    close: end,
  };
};
