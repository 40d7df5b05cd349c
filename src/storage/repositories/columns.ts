/** How values of the domain stand in columns, in both directions. */
import { bytesToHex, hexToBytes } from '../../domain/ids.ts';
import type { SqlValue } from '../database.ts';

export type Blob = Uint8Array<ArrayBuffer>;

/** Every id is a blob in the database and lower-case hex in code. */
export const idToBlob = (id: string): Blob => hexToBytes(id);

export const blobToId = <Id extends string>(blob: Uint8Array): Id => bytesToHex(blob) as Id;

export const optionalIdToBlob = (id: string | undefined): Blob | null => (id === undefined ? null : hexToBytes(id));

export const optionalBlobToId = <Id extends string>(blob: Uint8Array | null): Id | undefined =>
  blob === null ? undefined : blobToId<Id>(blob);

export const toColumn = <T extends SqlValue>(value: T | undefined): T | null => value ?? null;

export const fromColumn = <T>(value: T | null): T | undefined => value ?? undefined;

export const flagToColumn = (flag: boolean): number => (flag ? 1 : 0);
