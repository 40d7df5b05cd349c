import { createOpfsFileLayer } from '../../../src/platform/opfs-file-layer.ts';
import { randomBytes } from '../../../src/platform/random.ts';
import { createMemoryFileLayer } from '../../../src/storage/file-layer-memory.ts';
import { createDatabase, openDatabase } from '../../../src/storage/open-database.ts';
import { testDeps, testOptions } from '../../../src/storage/testing/storage-fixture.ts';
import type { BenchEngine } from './bench-engine.ts';
import { noteHandle } from './note-handle.ts';
import { overOurDatabase } from './over-our-database.ts';

/** Our database over the browser's files, with the browser's random bytes, as the app opens it. */
export const loadSotto = async (folder: string): Promise<BenchEngine> => {
  const deps = await testDeps(createMemoryFileLayer(), randomBytes);
  const { engine, handle } = noteHandle(deps.engine);
  return {
    async open(mode) {
      const root = await navigator.storage.getDirectory();
      const directory = await root.getDirectoryHandle(folder, { create: mode === 'create' });
      const open = mode === 'create' ? createDatabase : openDatabase;
      const opened = await open({ ...deps, engine, layer: createOpfsFileLayer(directory) }, testOptions());
      if (!opened.ok) throw new Error(`sotto: ${opened.error.tag}`);
      return overOurDatabase({ db: opened.value, sqlite: engine.sqlite, handle: handle() });
    },
  };
};
