/** A relay whose clock a test can move: relay/main.ts has no such option on purpose. Started by relay-process.ts. */
import { startRelayServer } from '../assemble.ts';
import { openDataDirectory } from '../data-directory.ts';
import { createJsonLog } from '../log.ts';
import { answerBeforeCommit } from './faulty-stores.ts';
import type { ChildOptions, ToChild } from './relay-process.ts';

const options = JSON.parse(process.argv[2] ?? '') as ChildOptions;
let offsetMs = options.clockOffsetMs;

const { store, key } = await openDataDirectory(options.dataDir, { restored: options.restored });
const server = await startRelayServer(
  {
    clock: () => Date.now() + offsetMs,
    store: options.fault === 'answers-before-commit' ? answerBeforeCommit(store) : store,
    key,
    log: createJsonLog((line) => void process.stderr.write(`${line}\n`)),
  },
  { host: '127.0.0.1', port: options.port, distDir: options.distDir, registration: 'open' },
);

process.on('message', (message: ToChild) => {
  offsetMs = message.clockOffsetMs;
  // What is over is deleted at once, so that a test can look into the files.
  void store.expire(Date.now() + offsetMs).then(() => process.send?.({ moved: true }));
});
const stop = (): void => void server.close().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.on('disconnect', stop);
process.send?.({ url: server.url });
