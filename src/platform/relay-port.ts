import type { SetTimer } from '../domain/ports.ts';
import type { RelayPort } from '../sync/transport.ts';
import { callOverHttp, type Fetch } from './relay-http.ts';
import { createRelaySocket, type SocketLike } from './relay-socket.ts';

/**
 * The relay of this origin, over HTTP and WebSocket.
 * @param deps.origin scheme, host and port, without a slash at the end
 */
export const createRelayPort = (deps: {
  readonly origin: string;
  readonly fetch: Fetch;
  readonly openWebSocket: (url: string) => SocketLike;
  readonly setTimer: SetTimer;
}): RelayPort => ({
  call: (operation, request, session) => callOverHttp(deps, operation, request, session),
  openSocket: (handlers) => {
    const socket = deps.openWebSocket(`${deps.origin.replace(/^http/, 'ws')}/v1/socket`);
    return createRelaySocket({ socket, setTimer: deps.setTimer }, handlers);
  },
});
