import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the outside test vectors (vitest.config.ts), or an empty string where this machine has none. */
    readonly vectorsDir: string;
  }
}

/** Reads a text file by its absolute path: from the disk in Node, through the test server in browsers. */
export type ReadText = (path: string) => Promise<string>;

export type Vectors<T> = { readonly value: T } | { readonly absent: string };

/** The parsed file, or the reason why its tests must be reported as skipped. */
export const readVectors = async <T>(readText: ReadText, path: string): Promise<Vectors<T>> => {
  const folder = inject('vectorsDir');
  if (folder === '') return { absent: 'no test vectors: the folder (VECTORS_DIR, else ../shared/vectors) is missing' };
  return { value: JSON.parse(await readText(`${folder}/${path}`)) as T };
};
