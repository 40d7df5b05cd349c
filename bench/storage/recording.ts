import { bytesToHex, hexToBytes } from '../../src/domain/ids.ts';
import type { SqlValue } from '../../src/storage/database.ts';

/**
 * What an account does, as the statements that our repositories make of it: every engine then executes the same ones,
 * in the same order, with the same values, whatever its interface looks like.
 */
export interface Recording {
  /** Each text once; statements name it by its place here. */
  readonly texts: readonly string[];
  readonly transactions: readonly RecordedTransaction[];
}

export type RecordedTransaction = readonly RecordedStatement[];

export interface RecordedStatement {
  readonly text: number;
  readonly parameters: readonly SqlValue[];
  /** Its rows are looked at, so an engine must hand them over. */
  readonly reads: boolean;
}

type JsonValue = string | number | null | { readonly hex: string } | { readonly integer: string };
type JsonStatement = readonly [text: number, reads: 0 | 1, ...parameters: JsonValue[]];

export const recordingToJson = ({ texts, transactions }: Recording): string =>
  JSON.stringify({
    texts,
    transactions: transactions.map((statements) =>
      statements.map(({ text, reads, parameters }): JsonStatement => [text, reads ? 1 : 0, ...parameters.map(toJson)]),
    ),
  });

export const recordingFromJson = (json: string): Recording => {
  const { texts, transactions } = JSON.parse(json) as {
    readonly texts: readonly string[];
    readonly transactions: readonly (readonly JsonStatement[])[];
  };
  return {
    texts,
    transactions: transactions.map((statements) =>
      statements.map(([text, reads, ...parameters]) => ({
        text,
        reads: reads === 1,
        parameters: parameters.map(fromJson),
      })),
    ),
  };
};

const toJson = (value: SqlValue): JsonValue => {
  if (value instanceof Uint8Array) return { hex: bytesToHex(value) };
  return typeof value === 'bigint' ? { integer: String(value) } : value;
};

const fromJson = (value: JsonValue): SqlValue => {
  if (typeof value !== 'object' || value === null) return value;
  return 'hex' in value ? hexToBytes(value.hex) : BigInt(value.integer);
};
