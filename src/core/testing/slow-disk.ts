/** Storage that writes behind, as the layer over IndexedDB does: a flush is durable only after `settle`. */
import { err, ok } from '../../domain/result.ts';
import type { FileLayer, FileLayerError } from '../../storage/file-layer.ts';
import type { VaultPlace, VaultStorage } from '../deps.ts';

export interface SlowDisk {
  wrap(storage: VaultStorage): VaultStorage;
  /** Whether something was flushed that nobody has waited for. */
  isBehind(): boolean;
  /** From here on `settle` answers this; undefined heals it. */
  fail(error: FileLayerError | undefined): void;
}

const SETTLE_MS = 3;

/** @param isHonest false: `settle` answers at once, as if nothing had to be waited for (a control) */
export const createSlowDisk = ({ isHonest = true } = {}): SlowDisk => {
  let flushed = 0;
  let settled = 0;
  let failure: FileLayerError | undefined;

  const settle: FileLayer['settle'] = async () => {
    const asked = flushed;
    if (!isHonest) return ok(undefined);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    if (failure !== undefined) return err(failure);
    settled = Math.max(settled, asked);
    return ok(undefined);
  };
  const wrapPlace = (place: VaultPlace): VaultPlace => ({
    ...place,
    files: {
      ...place.files,
      settle,
      async open(name, mode) {
        const opened = await place.files.open(name, mode);
        if (!opened.ok) return opened;
        const file = opened.value;
        const flush = () => {
          flushed += 1;
          return file.flush();
        };
        return ok({ ...file, flush });
      },
    },
  });
  const wrapFound = async (found: Promise<VaultPlace | undefined>): Promise<VaultPlace | undefined> => {
    const place = await found;
    return place && wrapPlace(place);
  };

  return {
    wrap: (storage) => ({
      ...storage,
      create: (vaultId) => wrapFound(storage.create(vaultId)),
      place: (vaultId) => wrapFound(storage.place(vaultId)),
    }),
    isBehind: () => settled < flushed,
    fail: (error) => (failure = error),
  };
};
