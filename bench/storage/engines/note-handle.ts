import type { SqliteEngine } from '../../../src/storage/sqlite/engine.ts';

export interface NotedEngine {
  readonly engine: SqliteEngine;
  /** Of the connection that was opened last. */
  readonly handle: () => number;
}

/**
 * An engine that remembers the handle of what it opens, which a connection keeps to itself, and that opens through
 * another file system than ours where one is named.
 */
export const noteHandle = ({ sqlite, vfs }: SqliteEngine, vfsName?: string): NotedEngine => {
  const { capi, wasm } = sqlite;
  let handle = 0;
  return {
    engine: {
      vfs,
      sqlite: {
        ...sqlite,
        capi: {
          ...capi,
          sqlite3_open_v2(name, out, flags, ours) {
            const code = capi.sqlite3_open_v2(name, out, flags, vfsName ?? ours);
            handle = wasm.peek32(out);
            return code;
          },
        },
      },
    },
    handle: () => handle,
  };
};
