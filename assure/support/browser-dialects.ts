/**
 * How three browsers say over an access handle that there is no room, or that the device failed. The adapter that the
 * app uses (src/platform/sync-file.ts) has to understand them all.
 */
import { err, ok } from '../../src/domain/result.ts';
import { createSyncFile, type SyncHandle } from '../../src/platform/sync-file.ts';
import type { FileLayer, FileLayerError, FileResult, StoredFile } from '../../src/storage/file-layer.ts';

export type Dialect = 'chromium' | 'firefox' | 'webkit';
export const DIALECTS: readonly Dialect[] = ['chromium', 'firefox', 'webkit'];

const CHROMIUM_NO_SPACE = 2 ** 32 - 8;

const named = (name: string): Error => Object.assign(new Error(name), { name });

const exceptionOf = ({ tag }: FileLayerError): Error => {
  switch (tag) {
    case 'full':
      return named('QuotaExceededError');
    case 'gone':
      return named('InvalidStateError');
    case 'taken':
      return named('NoModificationAllowedError');
    case 'io':
      return named('UnknownError');
  }
};

const valueOrThrow = <T>(result: FileResult<T>): T => {
  if (result.ok) return result.value;
  throw exceptionOf(result.error);
};

const toHandle = (file: StoredFile, dialect: Dialect): SyncHandle => ({
  read: (into, { at }) => valueOrThrow(file.read(into, at)),
  write(bytes, { at }) {
    const written = file.write(bytes, at);
    if (written.ok) return bytes.length;
    if (written.error.tag !== 'full' || dialect === 'webkit') throw exceptionOf(written.error);
    return dialect === 'chromium' ? CHROMIUM_NO_SPACE : bytes.length >> 1;
  },
  truncate(size) {
    const before = valueOrThrow(file.size());
    const changed = file.truncate(size);
    const isSilent = !changed.ok && changed.error.tag === 'full' && dialect === 'chromium' && size > before;
    if (!isSilent) valueOrThrow(changed);
  },
  flush: () => valueOrThrow(file.flush()),
  getSize: () => valueOrThrow(file.size()),
  close: () => file.close(),
});

/** The same layer, as the app sees it through that browser. */
export const speak = (layer: FileLayer, dialect: Dialect): FileLayer => ({
  async open(name, mode) {
    const opened = await layer.open(name, mode);
    return opened.ok ? ok(createSyncFile(toHandle(opened.value, dialect))) : err(opened.error);
  },
  remove: (name) => layer.remove(name),
  settle: () => layer.settle(),
});

/** A planted fault: the same layer as somebody sees it who takes every failure of a change for a success. */
export const hushed = (layer: FileLayer): FileLayer => ({
  ...layer,
  async open(name, mode) {
    const opened = await layer.open(name, mode);
    if (!opened.ok) return opened;
    const file = opened.value;
    const hush = (_: FileResult<void>): FileResult<void> => ok(undefined);
    return ok({
      read: (into, at) => file.read(into, at),
      write: (bytes, at) => hush(file.write(bytes, at)),
      truncate: (size) => hush(file.truncate(size)),
      flush: () => hush(file.flush()),
      size: () => file.size(),
      close: () => file.close(),
    });
  },
});
