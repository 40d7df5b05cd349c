import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import { toKey, type PageKey } from '../../crypto/keys.ts';
import type { VaultId } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import type { Database } from '../database.ts';
import type { FileLayer } from '../file-layer.ts';
import { createDatabase, openDatabase, type DatabaseDeps, type DatabaseOptions } from '../open-database.ts';
import { loadSqliteEngine, type SqliteEngine } from '../sqlite/engine.ts';

/** Bytes that look random and repeat with the seed. For tests only: anybody can tell what comes next. */
export const seededRandom = (seed: number): RandomBytes => {
  const chance = seededChance(seed);
  return (length) => Uint8Array.from({ length }, () => Math.floor(chance() * 256));
};

/** mulberry32: numbers from 0 (inclusive) to 1 (exclusive). */
export const seededChance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const TEST_VAULT = '11'.repeat(16) as VaultId;

export const testPageKey = (): PageKey => toKey<PageKey>(new Uint8Array(32).fill(7));

let engine: Promise<SqliteEngine> | undefined;

/** Loaded once for a test file. */
export const sharedEngine = (): Promise<SqliteEngine> => (engine ??= loadSqliteEngine());

export const testDeps = async (layer: FileLayer, random: RandomBytes = seededRandom(1)): Promise<DatabaseDeps> => ({
  engine: await sharedEngine(),
  layer,
  random,
  createCipher: createPageCipherFactory({ random }),
});

export const testOptions = (options: Partial<DatabaseOptions> = {}): DatabaseOptions => ({
  vaultId: TEST_VAULT,
  pageKey: testPageKey(),
  keyEpoch: 1,
  ...options,
});

export const createTestDatabase = async (
  layer: FileLayer,
  options: Partial<DatabaseOptions> = {},
  seed = 1,
): Promise<Database> => {
  const created = await createDatabase(await testDeps(layer, seededRandom(seed)), testOptions(options));
  if (!created.ok) throw new Error(`not created: ${created.error.tag}`);
  return created.value;
};

export const openTestDatabase = async (
  layer: FileLayer,
  options: Partial<DatabaseOptions> = {},
  seed = 2,
): Promise<Database> => {
  // Other random bytes than at creation: nonces must not begin again.
  const opened = await openDatabase(await testDeps(layer, seededRandom(seed)), testOptions(options));
  if (!opened.ok) throw new Error(`not opened: ${opened.error.tag}`);
  return opened.value;
};
