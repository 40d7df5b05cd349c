import { existsSync, readdirSync } from 'node:fs';
import { inRoot } from './paths.ts';

/** A folder whose files are found, not listed: `assure/storage.ts`, `bench/storage.bench.ts`. */
export interface AreaFolder {
  readonly folder: 'assure' | 'bench';
  readonly suffix: '.ts' | '.bench.ts';
}

export const assureFolder: AreaFolder = { folder: 'assure', suffix: '.ts' };
export const benchFolder: AreaFolder = { folder: 'bench', suffix: '.bench.ts' };

export function listAreas({ folder, suffix }: AreaFolder): string[] {
  if (!existsSync(inRoot(folder))) return [];
  return areasAmong(readdirSync(inRoot(folder)), suffix);
}

/** Helpers live in sub-folders; `contract.ts` is what the areas have in common. */
export function areasAmong(files: readonly string[], suffix: AreaFolder['suffix']): string[] {
  return files
    .filter((file) => file.endsWith(suffix) && !file.endsWith('.test.ts') && file !== 'contract.ts')
    .map((file) => file.slice(0, -suffix.length))
    .sort();
}

/** The suite that the area's file exports by default. */
export async function loadArea<Suite>({ folder, suffix }: AreaFolder, area: string): Promise<Suite> {
  const module = (await import(inRoot(folder, `${area}${suffix}`))) as { default?: Suite };
  if (module.default === undefined) throw new Error(`${folder}/${area}${suffix} exports no suite by default.`);
  return module.default;
}

/** What to print when an area was not named, or not rightly. */
export function areaHelp({ folder }: AreaFolder, areas: readonly string[], asked: string | undefined): string {
  const problem = asked === undefined ? 'Which area?' : `There is no area "${asked}".`;
  const choice = areas.length === 0 ? `There are none yet in ${folder}/.` : `Areas: ${areas.join(', ')}.`;
  return `${problem} ${choice}`;
}
