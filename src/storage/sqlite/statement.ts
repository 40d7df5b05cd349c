import type { SqlResult, SqlValue } from '../database.ts';
import type { Pointer, SqliteBinding } from '../vfs/sqlite-binding.ts';

const SQLITE_ROW = 100;
const SQLITE_DONE = 101;
const SQLITE_INTEGER = 1;
const SQLITE_FLOAT = 2;
const SQLITE_TEXT = 3;
const SQLITE_BLOB = 4;
/** SQLite copies the bytes before the call returns. */
const SQLITE_TRANSIENT = -1;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export type Row = Record<string, SqlResult>;

/** A prepared statement. Throws `StatementFailure` with SQLite's result code; the connection gives it a meaning. */
export interface Statement {
  /** Steps to the end; `onRow` is called for each row, with a reader for its columns. */
  execute(parameters: readonly SqlValue[], onRow?: (row: Row) => void): void;
  finalize(): void;
}

/** Bytes in the engine's memory where parameters pass through; grows to the largest one. */
export interface ParameterMemory {
  put(bytes: Uint8Array): Pointer;
  free(): void;
}

export class StatementFailure extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`SQLite result ${code}`);
    this.name = 'StatementFailure';
    this.code = code;
  }
}

export const createParameterMemory = ({ wasm }: SqliteBinding): ParameterMemory => {
  let address: Pointer = 0;
  let capacity = 0;
  return {
    put(bytes) {
      if (bytes.length > capacity || address === 0) {
        capacity = Math.max(4_096, 2 * bytes.length);
        wasm.exports.sqlite3_free(address);
        address = wasm.exports.sqlite3_malloc(capacity);
        if (address === 0) throw new Error('out of memory');
      }
      wasm.heap8u().set(bytes, address);
      return address;
    },
    free() {
      wasm.heap8u().fill(0, address, address + capacity);
      wasm.exports.sqlite3_free(address);
      address = 0;
      capacity = 0;
    },
  };
};

/** @param pointer a freshly prepared statement, which this one now owns */
export const createStatement = (sqlite: SqliteBinding, pointer: Pointer, memory: ParameterMemory): Statement => {
  const { capi, wasm } = sqlite;
  const { exports } = wasm;
  const parameterCount = exports.sqlite3_bind_parameter_count(pointer);
  const names = Array.from({ length: exports.sqlite3_column_count(pointer) }, (_, column) =>
    capi.sqlite3_column_name(pointer, column),
  );

  return {
    execute(parameters, onRow) {
      if (parameters.length !== parameterCount) {
        throw new Error(`${parameters.length} parameters for ${parameterCount} places`);
      }
      try {
        parameters.forEach((value, index) => {
          const code = bind(index + 1, value);
          if (code !== 0) throw new StatementFailure(code);
        });
        let code = exports.sqlite3_step(pointer);
        while (code === SQLITE_ROW) {
          onRow?.(readRow());
          code = exports.sqlite3_step(pointer);
        }
        if (code !== SQLITE_DONE) throw new StatementFailure(code);
      } finally {
        exports.sqlite3_reset(pointer);
        release(parameters);
      }
    },
    finalize: () => void exports.sqlite3_finalize(pointer),
  };

  function bind(index: number, value: SqlValue): number {
    if (value === null) return exports.sqlite3_bind_null(pointer, index);
    switch (typeof value) {
      case 'string': {
        const bytes = encoder.encode(value);
        return exports.sqlite3_bind_text(pointer, index, memory.put(bytes), bytes.length, SQLITE_TRANSIENT);
      }
      case 'number':
        if ((value | 0) === value) return exports.sqlite3_bind_int(pointer, index, value);
        if (Number.isSafeInteger(value)) return exports.sqlite3_bind_int64(pointer, index, BigInt(value));
        return exports.sqlite3_bind_double(pointer, index, value);
      case 'bigint':
        return exports.sqlite3_bind_int64(pointer, index, value);
      default:
        return exports.sqlite3_bind_blob(pointer, index, memory.put(value), value.length, SQLITE_TRANSIENT);
    }
  }

  /**
   * SQLite keeps copies of texts and blobs until they are replaced. Not with `sqlite3_clear_bindings`: it makes SQLite
   * prepare a statement anew at its next use wherever the plan could depend on a value, which costs more than the use.
   */
  function release(parameters: readonly SqlValue[]): void {
    parameters.forEach((value, index) => {
      if (typeof value === 'string' || value instanceof Uint8Array) exports.sqlite3_bind_null(pointer, index + 1);
    });
  }

  function readRow(): Row {
    const row: Row = {};
    for (const [column, name] of names.entries()) row[name] = readColumn(column);
    return row;
  }

  function readColumn(column: number): SqlResult {
    switch (exports.sqlite3_column_type(pointer, column)) {
      case SQLITE_INTEGER: {
        // Exact up to 2^53, and several times cheaper than a bigint.
        const value = exports.sqlite3_column_double(pointer, column);
        return Number.isSafeInteger(value) ? value : exports.sqlite3_column_int64(pointer, column);
      }
      case SQLITE_FLOAT:
        return exports.sqlite3_column_double(pointer, column);
      case SQLITE_TEXT: {
        const address = exports.sqlite3_column_text(pointer, column);
        const length = exports.sqlite3_column_bytes(pointer, column);
        return decoder.decode(wasm.heap8u().subarray(address, address + length));
      }
      case SQLITE_BLOB: {
        const address = exports.sqlite3_column_blob(pointer, column);
        const length = exports.sqlite3_column_bytes(pointer, column);
        return wasm.heap8u().slice(address, address + length);
      }
      default:
        return null;
    }
  }
};
