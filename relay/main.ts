/** `node relay/main.ts`: the relay as an operator runs it. */
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { startRelayServer } from './assemble.ts';
import { openDataDirectory } from './data-directory.ts';
import { createJsonLog } from './log.ts';

const HELP = `node relay/main.ts [options]
  --port N             port to listen on (8787)
  --host ADDRESS       address to listen on (127.0.0.1)
  --data DIR           database and key of the relay (./data)
  --dist DIR           the built app to serve (./dist)
  --registration MODE  open or closed: whether anybody may create an account (open)
  --mailbox-items N    messages that may wait for one device (20000)
  --mailbox-mib N      MiB that may wait for one device (256)
  --restored           the data was put back from a backup: begin a new incarnation
  --trust-proxy        one proxy in front tells the client's address, last in X-Forwarded-For
`;

const readArguments = () =>
  parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: './data' },
      dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
      registration: { type: 'string', default: 'open' },
      'mailbox-items': { type: 'string', default: '20000' },
      'mailbox-mib': { type: 'string', default: '256' },
      restored: { type: 'boolean', default: false },
      'trust-proxy': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  }).values;

const readCount = (name: string, text: string): number => {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new Error(`${name} is a whole number from 1, not ${text}`);
  return count;
};

const main = async (): Promise<void> => {
  const values = readArguments();
  const { registration } = values;
  if (values.help) return void process.stdout.write(HELP);
  if (registration !== 'open' && registration !== 'closed') {
    throw new Error(`--registration is open or closed, not ${registration}`);
  }
  const { store, key } = await openDataDirectory(values.data, {
    restored: values.restored,
    waitingLimits: {
      items: readCount('--mailbox-items', values['mailbox-items']),
      bytes: readCount('--mailbox-mib', values['mailbox-mib']) * 1_048_576,
    },
  });
  const server = await startRelayServer(
    { clock: Date.now, store, key, log: createJsonLog((line) => void process.stderr.write(`${line}\n`)) },
    {
      port: Number(values.port),
      host: values.host,
      distDir: values.dist,
      registration,
      trustProxy: values['trust-proxy'],
    },
  );
  process.stdout.write(`Sotto relay listening on ${server.url}\n`);

  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    void server.close();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

main().catch((error: unknown) => {
  process.stderr.write(`The relay could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
