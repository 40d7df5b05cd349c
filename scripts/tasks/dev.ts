/** `npm run dev`: Vite's server for the page, which hands the relay's API through. Arguments go to relay/main.ts. */
import { createServer } from 'vite';
import { startRelay, waitUntilAnswering } from '../lib/relay-process.ts';

const relay = await startRelay(process.argv.slice(2));
if (await waitUntilAnswering(relay)) {
  const target = `http://127.0.0.1:${relay.port}`;
  const vite = await createServer({ server: { proxy: { '/v1': { target, ws: true } } } });
  await vite.listen();
  vite.printUrls();
  await relay.process.ended;
  await vite.close();
}
process.exitCode = await relay.process.ended;
