/** `npm run build`: the page, its workers and dist/release.json. Arguments go to `vite build`. */
import { startForeground } from '../lib/child.ts';
import { tools } from '../lib/paths.ts';

process.exitCode = await startForeground([tools.vite, 'build', ...process.argv.slice(2)]).ended;
