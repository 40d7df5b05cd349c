import type { EngineName } from './engines/bench-engine.ts';

/** In the order of the table. */
export const PEERS: readonly EngineName[] = [
  'plain',
  'sotto',
  'plain-default',
  'powersync',
  'powersync-kept',
  'evolu',
  'wa-sqlite',
];

/** How they are called in the table. */
export const TITLES: Record<EngineName, string> = {
  sotto: 'ours',
  plain: 'opfs-sahpool, WAL',
  'plain-default': 'opfs-sahpool as it comes',
  powersync: 'PowerSync, encrypted, as it comes',
  'powersync-kept': 'PowerSync, encrypted, keeping statements',
  evolu: 'Evolu, encrypted',
  'wa-sqlite': 'wa-sqlite OPFSWriteAheadVFS',
};

export const ENCRYPTED: ReadonlySet<EngineName> = new Set(['sotto', 'powersync', 'powersync-kept', 'evolu']);

/** Where the engine keeps its files, or how its file is called. */
export const folderOf = (engine: EngineName): string => `peers-${engine}`;
