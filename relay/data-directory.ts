/** What the relay keeps on disk: its database and its key. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { deferToEndOfTurn, randomBytes } from './platform.ts';
import { createRelayKey, generateRelayKeyBytes, type RelayKey } from './relay-key.ts';
import { openSqliteStore } from './store/sqlite/open.ts';
import type { RelayStore, WaitingLimits } from './store/store.ts';

const KEY_FILE = 'relay.key';
const OWNER_ONLY = 0o600;

export type DataDirectory = { readonly store: RelayStore; readonly key: RelayKey };

/**
 * @param options.restored the data was put back from a backup
 * @throws if the directory cannot be written, the database is not ours, or its key is missing
 */
export const openDataDirectory = async (
  directory: string,
  { restored = false, waitingLimits }: { readonly restored?: boolean; readonly waitingLimits?: WaitingLimits } = {},
): Promise<DataDirectory> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'relay.sqlite');
  const key = (await readKey(directory)) ?? (await writeKey(directory, file));
  return {
    key,
    store: openSqliteStore(
      { random: randomBytes, defer: deferToEndOfTurn },
      { file, restored, ...(waitingLimits && { waitingLimits }) },
    ),
  };
};

const readKey = async (directory: string): Promise<RelayKey | undefined> => {
  const bytes = await readIfPresent(join(directory, KEY_FILE));
  return bytes && createRelayKey(bytes);
};

/** Its id stands in every account: a second key would make the relay a stranger to all of them. */
const writeKey = async (directory: string, databaseFile: string): Promise<RelayKey> => {
  if (existsSync(databaseFile)) {
    throw new Error(`${KEY_FILE} is missing beside ${databaseFile}: put it back from the backup`);
  }
  const bytes = generateRelayKeyBytes(randomBytes);
  const temporary = join(directory, `${KEY_FILE}.new`);
  const file = await open(temporary, 'w', OWNER_ONLY);
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await chmod(temporary, OWNER_ONLY);
  await rename(temporary, join(directory, KEY_FILE));
  return createRelayKey(bytes);
};

const readIfPresent = async (path: string): Promise<Uint8Array | undefined> => {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
