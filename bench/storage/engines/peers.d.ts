/**
 * What we use of the peers. They are installed only when they are measured (bench/package.json), so this compiles without
 * them: `peer:` stands before their names, and is taken away when the page is built.
 */
declare module 'peer:@evolu/sqlite-wasm' {
  import type { Sqlite3Static } from '@sqlite.org/sqlite-wasm';

  const init: () => Promise<
    Omit<Sqlite3Static, 'capi' | 'installOpfsSAHPoolVfs'> & {
      readonly capi: { sqlite3mc_vfs_create(vfs: string, makeDefault: number): number };
      installOpfsSAHPoolVfs(options: {
        readonly directory: string;
      }): ReturnType<Sqlite3Static['installOpfsSAHPoolVfs']>;
    }
  >;
  export default init;
}

declare module 'peer:@journeyapps/wa-sqlite' {
  export interface WaModule {
    ccall(name: string, result: 'int', types: readonly string[], values: readonly unknown[]): number;
  }
  export interface WaVfs {
    mxPathname: number;
  }
  export interface WaSqlite {
    vfs_register(vfs: WaVfs, makeDefault: boolean): number;
    open_v2(name: string, flags: number): Promise<number>;
    exec(database: number, sql: string): Promise<number>;
    statements(database: number, sql: string, options: { readonly unscoped: true }): AsyncIterable<number>;
    bind_collection(statement: number, values: readonly unknown[]): number;
    step(statement: number): Promise<number>;
    row(statement: number): readonly unknown[];
    reset(statement: number): Promise<number>;
    finalize(statement: number): Promise<number>;
    close(database: number): Promise<number>;
  }
  export const Factory: (module: WaModule) => WaSqlite;
}

declare module 'peer:@journeyapps/wa-sqlite/dist/*.mjs' {
  import type { WaModule } from 'peer:@journeyapps/wa-sqlite';

  const load: () => Promise<WaModule>;
  export default load;
}

declare module 'peer:@journeyapps/wa-sqlite/src/examples/OPFSCoopSyncVFS.js' {
  import type { WaModule, WaVfs } from 'peer:@journeyapps/wa-sqlite';

  export const OPFSCoopSyncVFS: { create(name: string, module: WaModule): Promise<WaVfs> };
}

declare module 'peer:@journeyapps/wa-sqlite/src/examples/OPFSWriteAheadVFS.js' {
  import type { WaModule, WaVfs } from 'peer:@journeyapps/wa-sqlite';

  export const OPFSWriteAheadVFS: { create(name: string, module: WaModule, options: object): Promise<WaVfs> };
}
