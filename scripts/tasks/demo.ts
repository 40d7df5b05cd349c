/** `npm run demo`: two people talk in one Node process; see demo/main.ts. */
import { startForeground } from '../lib/child.ts';
import { inRoot } from '../lib/paths.ts';

process.exitCode = await startForeground([inRoot('demo/main.ts'), ...process.argv.slice(2)]).ended;
