/** The relay on a port: what main.ts and the tests' own process share. */
import { DEFAULT_RATES, DEFAULT_SOCKET_LIMITS, RATES_WITHOUT_ADDRESSES } from './limits.ts';
import type { Registration } from './operations/sessions.ts';
import { randomBytes, setTimer } from './platform.ts';
import { createRelay, type RelayDeps } from './relay.ts';
import { startServer, type RelayServer, type ServerOptions } from './server.ts';
import { createStaticFiles } from './static-files.ts';

export type AssembleOptions = Omit<ServerOptions, 'socketLimits'> & {
  readonly distDir: string;
  readonly registration: Registration;
};

/** @throws if the port cannot be listened on */
export const startRelayServer = async (
  deps: Pick<RelayDeps, 'clock' | 'store' | 'key' | 'log'>,
  options: AssembleOptions,
): Promise<RelayServer> => {
  const isShared = sharesOneAddress(options);
  const { perAddress, ...socketLimits } = DEFAULT_SOCKET_LIMITS;
  const relay = createRelay(
    { ...deps, random: randomBytes, setTimer },
    { registration: options.registration, rates: isShared ? RATES_WITHOUT_ADDRESSES : DEFAULT_RATES },
  );
  const files = await createStaticFiles(options.distDir);
  const server = await startServer(
    { relay, files, setTimer, log: deps.log },
    { ...options, socketLimits: { ...socketLimits, ...(!isShared && { perAddress }) } },
  );
  deps.log({ event: 'started' });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await relay.close();
      deps.log({ event: 'stopped' });
    },
  };
};

/** On loopback every client, or the proxy in front of all of them, has the same address. */
const sharesOneAddress = ({ host, trustProxy = false }: ServerOptions): boolean =>
  !trustProxy && (host === 'localhost' || host === '::1' || host.startsWith('127.'));
