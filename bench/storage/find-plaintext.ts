import type { Page } from '@playwright/test';

/** Files of the browser's storage, by path, in which the words can be read. Nobody may have them open. */
export const findPlaintext = (page: Page, words: readonly string[]): Promise<readonly string[]> =>
  page.evaluate(async (wanted) => {
    const SLICE_BYTES = 8 * 2 ** 20;
    const OVERLAP_BYTES = 64;
    const decoder = new TextDecoder('latin1');

    const isReadable = async (file: File): Promise<boolean> => {
      for (let at = 0; at < file.size; at += SLICE_BYTES) {
        const text = decoder.decode(await file.slice(at, at + SLICE_BYTES + OVERLAP_BYTES).arrayBuffer());
        if (wanted.some((word) => text.includes(word))) return true;
      }
      return false;
    };
    const search = async (directory: FileSystemDirectoryHandle, path: string): Promise<string[]> => {
      const found: string[] = [];
      for await (const [name, entry] of directory.entries()) {
        if (entry.kind === 'directory') found.push(...(await search(entry, `${path}/${name}`)));
        else if (await isReadable(await entry.getFile())) found.push(`${path}/${name}`);
      }
      return found;
    };
    return search(await navigator.storage.getDirectory(), '');
  }, words);
