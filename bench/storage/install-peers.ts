import { runChild } from '../../scripts/lib/child.ts';
import { isInstalled } from '../../scripts/lib/installed.mjs';
import { inRoot } from '../../scripts/lib/paths.ts';

/**
 * Installs what bench/package-lock.json names, if it is not there: other people's databases, which neither the app nor
 * its tests ever load.
 *
 * @throws Error where the registry cannot be reached: a table without its peers would say little
 */
export const installPeers = async (): Promise<void> => {
  const folder = inRoot('bench');
  if (isInstalled(folder)) return;
  console.error('Installing the peers of the storage bench (npm ci in bench/) ...');
  const npm = process.env.npm_execpath; // set when this runs as an npm script
  const [command, ...first] = npm === undefined ? ['npm'] : [process.execPath, npm];
  const options = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, transcript } = await runChild(command ?? 'npm', [...first, ...options]);
  if (code === 0 && isInstalled(folder)) return;
  throw new Error(`npm could not install the peers; the storage bench needs the registry once.\n${transcript}`);
};
