/** `/v1/socket`: the same operations as over HTTP, in frames, and a wake when something arrived (relay-frames.ts). */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { LIMITS } from '../src/domain/limits.ts';
import type { SetTimer } from '../src/domain/ports.ts';
import { RELAY_OPERATIONS } from '../src/wire/relay-api.ts';
import { clientFrame, serverFrame, type ClientFrame, type ServerFrame } from '../src/wire/relay-frames.ts';
import { decodeWith, encodeWith } from '../src/wire/schema.ts';
import { toAddressKey } from './limits.ts';
import { toTrace, type Log } from './log.ts';
import { refuse } from './refusal.ts';
import type { Relay } from './relay.ts';

const PATH = '/v1/socket';
const HEARTBEAT_MS = 30_000;
/** A client that sends without reading answers is cut off, not buffered for. */
const MAX_CALLS_AT_ONCE = 32;
const MAX_BUFFERED_BYTES = 8_388_608;
const POLICY_VIOLATION = 1008;
const GOING_AWAY = 1001;

export type SocketLimits = {
  readonly total: number;
  /** Absent where all clients share one address (limits.ts). */
  readonly perAddress?: number;
  /** Whoever has not logged in by then holds a socket for nothing: other calls have HTTP. */
  readonly loginMs: number;
};

export interface Sockets {
  readonly close: () => void;
}

export const attachSockets = (
  deps: { readonly relay: Relay; readonly server: Server; readonly setTimer: SetTimer; readonly log: Log },
  options: { readonly addressOf: (request: IncomingMessage) => string; readonly limits: SocketLimits },
): Sockets => {
  const { limits } = options;
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LIMITS.requestBytes + 1_024,
    clientTracking: true,
  });
  const isAlive = new WeakSet<WebSocket>();
  const openByAddress = new Map<string, number>();

  const hold = (addressKey: string): (() => void) => {
    openByAddress.set(addressKey, (openByAddress.get(addressKey) ?? 0) + 1);
    return () => {
      const left = (openByAddress.get(addressKey) ?? 1) - 1;
      if (left === 0) openByAddress.delete(addressKey);
      else openByAddress.set(addressKey, left);
    };
  };
  const isFull = (addressKey: string): boolean =>
    sockets.clients.size >= limits.total ||
    (limits.perAddress !== undefined && (openByAddress.get(addressKey) ?? 0) >= limits.perAddress);

  deps.server.on('upgrade', (request, stream, head) => {
    if (request.url !== PATH) return refuseUpgrade(stream, '404 Not Found');
    if (!isOwnOrigin(request)) return refuseUpgrade(stream, '403 Forbidden');
    const addressKey = toAddressKey(options.addressOf(request));
    if (isFull(addressKey)) return refuseUpgrade(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => {
      isAlive.add(socket);
      socket.on('pong', () => isAlive.add(socket));
      socket.on('close', hold(addressKey));
      const cancelDeadline = deps.setTimer(() => socket.close(POLICY_VIOLATION, 'log in first'), limits.loginMs);
      socket.on('close', cancelDeadline);
      serveSocket(deps, socket, addressKey, cancelDeadline);
    });
  });

  const beat = (): void => {
    for (const socket of sockets.clients) {
      if (!isAlive.delete(socket)) socket.terminate();
      else socket.ping();
    }
    cancel = deps.setTimer(beat, HEARTBEAT_MS);
  };
  let cancel = deps.setTimer(beat, HEARTBEAT_MS);

  return {
    close: () => {
      cancel();
      for (const socket of sockets.clients) socket.close(GOING_AWAY);
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
};

const refuseUpgrade = (stream: Duplex, status: string): void => {
  // Node takes its own listener off an upgraded stream; without one, a line that breaks now would end the process.
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
};

/** Browsers always name the page that asks. Other programs name none and could name any, so they lose nothing. */
const isOwnOrigin = ({ headers }: IncomingMessage): boolean =>
  headers.origin === undefined || (URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host);

const serveSocket = (
  { relay, log }: { readonly relay: Relay; readonly log: Log },
  socket: WebSocket,
  addressKey: string,
  onLogin: () => void,
): void => {
  let token: Uint8Array | undefined;
  let stopListening: (() => void) | undefined;
  /** One wake is enough until the mailbox is fetched again. */
  let isWakeSent = false;
  let callsAtOnce = 0;

  const send = (frame: ServerFrame): void => {
    if (socket.readyState === socket.OPEN) socket.send(encodeWith(serverFrame, frame));
  };
  const wake = (): void => {
    if (isWakeSent) return;
    isWakeSent = true;
    send({ kind: 'wake' });
  };

  /** The socket is bound to the mailbox that the accepted statement names. */
  const bind = async (body: Uint8Array): Promise<void> => {
    const answer = decodeWith(RELAY_OPERATIONS.login.response, body);
    if (!answer.ok) throw new Error('an answer of our own does not decode');
    const session = await relay.sessionOf(answer.value.token);
    if (session === undefined) return;
    token = answer.value.token;
    onLogin();
    stopListening?.();
    stopListening = socket.readyState === socket.OPEN ? relay.wakeBus.on(session.mailboxId, wake) : undefined;
    isWakeSent = false;
  };

  const serve = async (frame: ClientFrame): Promise<void> => {
    if (frame.operation === 'fetch') isWakeSent = false;
    const { operation, body, id } = frame;
    const answer = await relay.call({ operation, body, addressKey, ...(token && { token }) });
    if (answer.ok && operation === 'login') await bind(answer.value);
    send(answer.ok ? { kind: 'response', id, body: answer.value } : { kind: 'error', id, error: answer.error });
  };

  socket.on('message', (data: RawData, isBinary) => {
    const frame = isBinary && Buffer.isBuffer(data) ? decodeWith(clientFrame, data) : undefined;
    if (frame?.ok !== true) {
      // Without an id there is nothing to answer to.
      send({ kind: 'error', error: refuse('malformed', 'not a frame').error });
      socket.close(POLICY_VIOLATION);
      return;
    }
    if (callsAtOnce >= MAX_CALLS_AT_ONCE || socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      socket.close(POLICY_VIOLATION);
      return;
    }
    callsAtOnce += 1;
    serve(frame.value)
      .catch((error: unknown) => {
        log({ event: 'failed', where: 'socket', trace: toTrace(error) });
        socket.terminate();
      })
      .finally(() => {
        callsAtOnce -= 1;
      });
  });
  socket.on('close', () => stopListening?.());
  // A frame too large or a broken line: ws closes by itself, and without a listener the process would end.
  socket.on('error', () => socket.terminate());
};
