/** The relay with its carriers on one port. */
import type { AddressInfo } from 'node:net';
import type { SetTimer } from '../src/domain/ports.ts';
import { clientAddressOf } from './client-address.ts';
import { createHttp } from './http.ts';
import { DEFAULT_SOCKET_LIMITS } from './limits.ts';
import type { Log } from './log.ts';
import type { Relay } from './relay.ts';
import { attachSockets, type SocketLimits } from './socket.ts';
import type { StaticFiles } from './static-files.ts';

export type ServerOptions = {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** One proxy in front tells the client's address, last in `X-Forwarded-For`. */
  readonly trustProxy?: boolean;
  readonly socketLimits?: SocketLimits;
};

export interface RelayServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** @throws if the port cannot be listened on */
export const startServer = async (
  deps: { readonly relay: Relay; readonly files: StaticFiles; readonly setTimer: SetTimer; readonly log: Log },
  { host, port, trustProxy = false, socketLimits = DEFAULT_SOCKET_LIMITS }: ServerOptions,
): Promise<RelayServer> => {
  const http = createHttp(deps, { trustProxy });
  const sockets = attachSockets(
    { ...deps, server: http.server },
    { addressOf: (request) => clientAddressOf(request, { trustProxy }), limits: socketLimits },
  );
  await http.listen({ host, port });
  const { port: listening } = http.server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listening}`,
    close: async () => {
      sockets.close();
      await http.close();
    },
  };
};
