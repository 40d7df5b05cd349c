import { err, ok } from '../../domain/result.ts';
import type { FileLayer, FileResult } from '../../storage/file-layer.ts';

/** Files in a browser with a quota. */
export interface QuotaLayer {
  readonly layer: FileLayer;
  /** What the browser still takes. */
  readonly freeBytes: () => number;
  /** From now on it takes so much more. */
  readonly setFree: (bytes: number) => void;
}

/**
 * Where the quota is used up no file gets longer, and what is there can be changed. As in Chromium, what a file was cut by
 * counts until it is closed.
 */
export const withQuota = (files: FileLayer, quotaBytes = Infinity): QuotaLayer => {
  const counted = new Map<string, number>();
  let quota = quotaBytes;
  const usedBytes = (): number => [...counted.values()].reduce((sum, length) => sum + length, 0);
  const freeBytes = (): number => quota - usedBytes();
  return {
    freeBytes,
    setFree: (bytes) => (quota = usedBytes() + bytes),
    layer: {
      ...files,
      async open(name, mode) {
        const opened = await files.open(name, mode);
        if (!opened.ok) return opened;
        const file = opened.value;
        const growTo = (length: number, act: () => FileResult): FileResult => {
          const before = counted.get(name) ?? 0;
          if (length > before && length - before > freeBytes()) return err({ tag: 'full' });
          counted.set(name, Math.max(length, before));
          return act();
        };
        return ok({
          ...file,
          write: (bytes, at) => growTo(at + bytes.length, () => file.write(bytes, at)),
          truncate: (size) => growTo(size, () => file.truncate(size)),
          close() {
            const size = file.size();
            if (size.ok) counted.set(name, size.value);
            file.close();
          },
        });
      },
    },
  };
};
