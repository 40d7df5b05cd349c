/** A dedicated worker with one engine in it. */
import { expose } from 'comlink';
import type { BenchDatabase, BenchEngine, EngineName, OurDatabase } from '../engines/bench-engine.ts';
import { loadEvolu } from '../engines/evolu.ts';
import { loadPlainDefault } from '../engines/plain-default.ts';
import { loadPlain } from '../engines/plain.ts';
import { loadPowerSync } from '../engines/powersync.ts';
import { loadSotto } from '../engines/sotto.ts';
import { loadWaSqlite } from '../engines/wa-sqlite.ts';
import { recordingFromJson, type Recording } from '../recording.ts';
import { compareReaders } from './compare-readers.ts';
import { countFileCalls } from './count-calls.ts';
import { fill, readFirstPage, readPages, search, settingsOf, shrinkCache } from './our-tasks.ts';
import { replay } from './replay.ts';
import type { WorkerApi } from './worker-api.ts';

const loaders: Record<EngineName, (folder: string) => Promise<BenchEngine>> = {
  sotto: loadSotto,
  plain: loadPlain,
  'plain-default': loadPlainDefault,
  powersync: (folder) => loadPowerSync(folder, { keepsStatements: false }),
  'powersync-kept': (folder) => loadPowerSync(folder, { keepsStatements: true }),
  evolu: loadEvolu,
  'wa-sqlite': loadWaSqlite,
};

let engine: BenchEngine | undefined;
let database: BenchDatabase | undefined;

const loaded = (): BenchEngine => {
  if (engine === undefined) throw new Error('no engine is loaded');
  return engine;
};

const opened = (): BenchDatabase => {
  if (database === undefined) throw new Error('no database is open');
  return database;
};

const ours = (): OurDatabase => {
  const { ours: known } = opened();
  if (known === undefined) throw new Error('this engine is not behind our connection');
  return known;
};

const fetchRecording = async (address: string): Promise<Recording> => {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return recordingFromJson(await response.text());
};

const api: WorkerApi = {
  async load(name, folder) {
    engine = await loaders[name](folder);
  },
  async create(schema) {
    database = await loaded().open('create');
    // Whoever is behind our connection has made the schema with our migrations.
    if (database.ours === undefined) await replay(database, await fetchRecording(schema), 'transactions');
  },
  replay: async (recording, as) => replay(opened(), await fetchRecording(recording), as),
  async countCalls(recording) {
    const fetched = await fetchRecording(recording);
    return countFileCalls(() => replay(opened(), fetched, 'transactions'));
  },
  settings: async () => settingsOf(ours().db),
  compareReaders: async (recording) => compareReaders(ours(), await fetchRecording(recording)),
  fill: async (messages) => fill(ours().db, messages),
  async openToFirstPage() {
    const begin = performance.now();
    database = await loaded().open('existing');
    readFirstPage(ours().db);
    return performance.now() - begin;
  },
  readPages: async (messages, count, warm) => readPages(ours().db, messages, count, warm),
  shrinkCache: async () => shrinkCache(ours().db),
  search: async () => search(ours().db),
  heapBytes: async () => ours().sqlite.wasm.heap8u().byteLength,
  async close() {
    await database?.close();
    database = undefined;
  },
};

expose(api);
