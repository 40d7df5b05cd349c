import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { inRoot } from './paths.ts';

/** What the built page is made of. */
const sources = ['src', 'public', 'types', 'index.html', 'vite.config.ts', 'package-lock.json'];

/** Whether dist/ is there and younger than everything it is made of. */
export function isBuildFresh(): boolean {
  const built = modifiedMs(inRoot('dist/index.html'));
  return built > 0 && sources.every((source) => newestMs(inRoot(source)) <= built);
}

/** The latest change at or below `location`, tests aside; 0 if there is nothing. */
export function newestMs(location: string): number {
  const status = statSync(location, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return location.endsWith('.test.ts') ? 0 : status.mtimeMs;
  return readdirSync(location).reduce((newest, name) => Math.max(newest, newestMs(path.join(location, name))), 0);
}

function modifiedMs(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
