/** `npm start`: builds the page if needed and serves page and relay on one port. Arguments go to relay/main.ts. */
import { isBuildFresh } from '../lib/freshness.ts';
import { startForeground } from '../lib/child.ts';
import { tools } from '../lib/paths.ts';
import { startRelay, waitUntilAnswering } from '../lib/relay-process.ts';

if (!isBuildFresh()) {
  const code = await startForeground([tools.vite, 'build', '--logLevel', 'warn']).ended;
  if (code !== 0) process.exit(code);
}
const relay = await startRelay(process.argv.slice(2));
if (await waitUntilAnswering(relay)) console.log(`Sotto is running at http://localhost:${relay.port}`);
process.exitCode = await relay.process.ended;
