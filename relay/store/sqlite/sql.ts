import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Bytes } from '../store.ts';

/** A row as SQLite gives it; the type parameter of each query states its columns. */
type Columns = Readonly<Record<string, number | string | Uint8Array | null>>;

/** Prepared once, kept. SQLite's `null` stays on this side of the store. */
export interface Sql {
  /** Answers how many rows changed. */
  readonly run: (statement: string, ...values: readonly SQLInputValue[]) => number;
  readonly one: <Row extends Columns>(statement: string, ...values: readonly SQLInputValue[]) => Row | undefined;
  readonly all: <Row extends Columns>(statement: string, ...values: readonly SQLInputValue[]) => readonly Row[];
}

export const createSql = (database: DatabaseSync): Sql => {
  const prepared = new Map<string, StatementSync>();
  const prepare = (statement: string): StatementSync => {
    const known = prepared.get(statement);
    if (known !== undefined) return known;
    const fresh = database.prepare(statement);
    prepared.set(statement, fresh);
    return fresh;
  };
  return {
    run: (statement, ...values) => Number(prepare(statement).run(...values).changes),
    one: <Row extends Columns>(statement: string, ...values: readonly SQLInputValue[]) =>
      prepare(statement).get(...values) as Row | undefined,
    all: <Row extends Columns>(statement: string, ...values: readonly SQLInputValue[]) =>
      prepare(statement).all(...values) as readonly Columns[] as readonly Row[],
  };
};

/** Ids rest as bytes, half as long as the hex that code works with. */
export const toBlob = (id: string): Buffer => Buffer.from(id, 'hex');
export const toId = <Id extends string>(blob: Uint8Array): Id =>
  Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('hex') as Id;
export const toBytes = (blob: Uint8Array): Bytes => new Uint8Array(blob);
