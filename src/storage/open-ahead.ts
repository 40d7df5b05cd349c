import { ok } from '../domain/result.ts';
import type { FileLayer, FileResult, StoredFile } from './file-layer.ts';
import { STANDING_FILES } from './vfs/layout.ts';

export interface OpenedAhead {
  /** The same layer; files that were opened ahead are handed out once. */
  readonly layer: FileLayer;
  /** Closes what nobody asked for. */
  release(): Promise<void>;
}

/**
 * Asks for a database's files before anybody can open it: each file is a question to the browser's own process, and
 * the password takes longer. Changes nothing and reads nothing.
 */
export const openAhead = (layer: FileLayer): OpenedAhead => {
  const waiting = new Map<string, Promise<FileResult<StoredFile>>>();
  for (const name of STANDING_FILES) waiting.set(name, layer.open(name, 'existing'));

  const take = async (name: string): Promise<StoredFile | undefined> => {
    const ahead = waiting.get(name);
    waiting.delete(name);
    const opened = await ahead;
    return opened?.ok ? opened.value : undefined;
  };
  const close = async (name: string): Promise<void> => (await take(name))?.close();

  return {
    layer: {
      async open(name, mode) {
        const ahead = await take(name);
        return ahead === undefined ? layer.open(name, mode) : ok(ahead);
      },
      async remove(name) {
        await close(name);
        return layer.remove(name);
      },
      settle: () => layer.settle(),
    },
    release: async () => {
      await Promise.all([...waiting.keys()].map(close));
    },
  };
};
