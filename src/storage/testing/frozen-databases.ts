import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { FileImages } from '../file-layer-memory.ts';

/** A database as a release left it, and what it says (freeze-database.ts). */
export interface FrozenDatabase {
  /** Of its files and its schema. */
  readonly version: string;
  readonly images: FileImages;
  readonly content: unknown;
  /** From schema 2 on. */
  readonly search: unknown;
}

const folder = new URL('./frozen/', import.meta.url);

export const frozenDatabases = (): readonly FrozenDatabase[] =>
  readdirSync(folder).map((version) => {
    // No Buffer: slices of one are not copies.
    const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${version}/${name}`, folder)));
    const json = (name: string): unknown =>
      existsSync(new URL(`${version}/${name}`, folder)) ? JSON.parse(new TextDecoder().decode(read(name))) : undefined;
    const files = readdirSync(new URL(version, folder)).filter((name) => !name.endsWith('.json'));
    return {
      version,
      images: new Map(files.map((name) => [name, read(name)])),
      content: json('content.json'),
      search: json('search.json'),
    };
  });
