import type { Page } from '@playwright/test';
import type { EngineName } from './engines/bench-engine.ts';
import { findPlaintext } from './find-plaintext.ts';
import { ENCRYPTED, folderOf, TITLES } from './peers.ts';

/** Frequent in the history, and nowhere in a schema. */
const WORDS = ['tomorrow', 'dinner', 'weekend'];

/**
 * An engine that is called encrypted and is not would be compared for what it leaves out.
 *
 * @throws Error also where nothing can be read of a plain one: then the words are the wrong ones
 */
export const refuseFalsePromises = async (page: Page, engines: readonly EngineName[]): Promise<void> => {
  const readable = await findPlaintext(page, WORDS);
  for (const engine of engines) {
    // Evolu's folder begins with a dot; PowerSync and wa-sqlite add an ending.
    const isReadable = readable.some((path) => new RegExp(`^/\\.?${folderOf(engine)}(?:[./]|$)`, 'u').test(path));
    if (isReadable !== ENCRYPTED.has(engine)) continue;
    throw new Error(`${TITLES[engine]} ${isReadable ? 'stores text that anybody can read' : 'is said to be plain'}`);
  }
};
