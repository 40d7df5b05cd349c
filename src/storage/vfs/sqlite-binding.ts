/**
 * What we use of the package `@sqlite.org/sqlite-wasm`. Its own types leave out the `$member` accessors of C structures
 * and describe results by name, so the part we need is written down here and the package is cast to it once.
 */

/** An address in the engine's memory, or 0. */
export type Pointer = number;

export interface CStructure {
  readonly pointer: Pointer;
  dispose(): void;
}

interface CStructureType<T extends CStructure> {
  new (pointer?: Pointer): T;
  readonly structInfo: { readonly sizeof: number };
}

export interface IoMethodsStructure extends CStructure {
  $iVersion: number;
}

export interface FileStructure extends CStructure {
  $pMethods: Pointer;
}

export interface VfsStructure extends CStructure {
  $iVersion: number;
  $szOsFile: number;
  $mxPathname: number;
  $xRandomness: Pointer;
  $xSleep: Pointer;
  $xCurrentTime: Pointer;
  $xCurrentTimeInt64: Pointer;
}

/** https://sqlite.org/c3ref/io_methods.html; 64-bit integers arrive as bigint. */
export interface IoMethods {
  xClose(file: Pointer): number;
  xRead(file: Pointer, into: Pointer, length: number, at: bigint): number;
  xWrite(file: Pointer, from: Pointer, length: number, at: bigint): number;
  xTruncate(file: Pointer, size: bigint): number;
  xSync(file: Pointer, flags: number): number;
  xFileSize(file: Pointer, out: Pointer): number;
  xLock(file: Pointer, level: number): number;
  xUnlock(file: Pointer, level: number): number;
  xCheckReservedLock(file: Pointer, out: Pointer): number;
  xFileControl(file: Pointer, operation: number, argument: Pointer): number;
  xSectorSize(file: Pointer): number;
  xDeviceCharacteristics(file: Pointer): number;
}

/** https://sqlite.org/c3ref/vfs.html */
export interface VfsMethods {
  xOpen(vfs: Pointer, name: Pointer, file: Pointer, flags: number, outFlags: Pointer): number;
  xDelete(vfs: Pointer, name: Pointer, syncDirectory: number): number;
  xAccess(vfs: Pointer, name: Pointer, flags: number, out: Pointer): number;
  xFullPathname(vfs: Pointer, name: Pointer, length: number, out: Pointer): number;
  xGetLastError(vfs: Pointer, length: number, out: Pointer): number;
}

export interface SqliteBinding {
  readonly capi: {
    readonly sqlite3_io_methods: CStructureType<IoMethodsStructure>;
    readonly sqlite3_file: CStructureType<FileStructure>;
    readonly sqlite3_vfs: CStructureType<VfsStructure>;
    sqlite3_vfs_find(name: string | null): Pointer;
    sqlite3_open_v2(name: string, out: Pointer, flags: number, vfs: string): number;
    sqlite3_close_v2(database: Pointer): number;
    sqlite3_extended_result_codes(database: Pointer, on: number): number;
    sqlite3_file_control(database: Pointer, schema: string, operation: number, argument: Pointer): number;
    sqlite3_errmsg(database: Pointer): string;
    sqlite3_column_name(statement: Pointer, column: number): string;
    readonly SQLITE_FULL: number;
    readonly SQLITE_IOERR: number;
    readonly SQLITE_IOERR_DATA: number;
    readonly SQLITE_IOERR_SHORT_READ: number;
    readonly SQLITE_CANTOPEN: number;
    readonly SQLITE_CORRUPT: number;
    readonly SQLITE_NOTADB: number;
    readonly SQLITE_NOTFOUND: number;
    readonly SQLITE_OPEN_MAIN_DB: number;
    readonly SQLITE_OPEN_WAL: number;
    readonly SQLITE_OPEN_READWRITE: number;
    readonly SQLITE_OPEN_CREATE: number;
    readonly SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN: number;
    readonly SQLITE_IOCAP_POWERSAFE_OVERWRITE: number;
    readonly SQLITE_IOCAP_SEQUENTIAL: number;
    readonly SQLITE_FCNTL_RESERVE_BYTES: number;
    readonly SQLITE_PREPARE_PERSISTENT: number;
  };
  readonly wasm: {
    readonly exports: SqliteExports;
    heap8u(): Uint8Array<ArrayBuffer>;
    peek32(address: Pointer): number;
    poke32(address: Pointer, value: number): void;
    poke64(address: Pointer, value: bigint): void;
    cstrToJs(text: Pointer): string | null;
    cstrncpy(target: Pointer, source: Pointer, length: number): number;
  };
  readonly vfs: {
    installVfs(parts: {
      readonly io: { readonly struct: IoMethodsStructure; readonly methods: IoMethods };
      readonly vfs: { readonly struct: VfsStructure; readonly name: string; readonly methods: VfsMethods };
    }): void;
  };
}

/**
 * SQLite's C functions without the package's argument checks and conversions, which would cost more than reading the
 * column does. Names and arguments: https://sqlite.org/c3ref/funclist.html
 */
export interface SqliteExports {
  sqlite3_malloc(bytes: number): Pointer;
  sqlite3_free(pointer: Pointer): void;
  sqlite3_prepare_v3(
    database: Pointer,
    sql: Pointer,
    bytes: number,
    flags: number,
    outStatement: Pointer,
    outTail: Pointer,
  ): number;
  sqlite3_step(statement: Pointer): number;
  sqlite3_reset(statement: Pointer): number;
  sqlite3_finalize(statement: Pointer): number;
  sqlite3_bind_parameter_count(statement: Pointer): number;
  sqlite3_bind_null(statement: Pointer, index: number): number;
  sqlite3_bind_int(statement: Pointer, index: number, value: number): number;
  sqlite3_bind_int64(statement: Pointer, index: number, value: bigint): number;
  sqlite3_bind_double(statement: Pointer, index: number, value: number): number;
  sqlite3_bind_text(statement: Pointer, index: number, text: Pointer, bytes: number, destructor: number): number;
  sqlite3_bind_blob(statement: Pointer, index: number, blob: Pointer, bytes: number, destructor: number): number;
  sqlite3_column_count(statement: Pointer): number;
  sqlite3_column_type(statement: Pointer, column: number): number;
  sqlite3_column_int64(statement: Pointer, column: number): bigint;
  sqlite3_column_double(statement: Pointer, column: number): number;
  sqlite3_column_text(statement: Pointer, column: number): Pointer;
  sqlite3_column_blob(statement: Pointer, column: number): Pointer;
  sqlite3_column_bytes(statement: Pointer, column: number): number;
  sqlite3_changes(database: Pointer): number;
  sqlite3_get_autocommit(database: Pointer): number;
}
