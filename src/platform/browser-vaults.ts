import type { VaultId } from '../domain/ids.ts';
import { LIMITS } from '../domain/limits.ts';
import type { StorageKind } from '../rpc/dto.ts';
import { keepSpareFile } from './spare-file.ts';
import { keepSpareRoom } from './spare-room.ts';
import type { VaultHalves, VaultPlace, VaultShelf } from './vault-shelf.ts';
import type { VaultRegistry } from './vault-registry.ts';

/** What this browser turned out to offer (browser-shelves.ts). */
export interface OfferedStorage {
  /** Best first, at least one. */
  readonly shelves: readonly VaultShelf[];
  readonly registry: VaultRegistry;
  /** False where one did not answer that may hold vaults. */
  readonly isWhole: boolean;
  /** What the browser would still take; undefined where it does not say. Never rejects. */
  readonly freeBytes: () => Promise<number | undefined>;
}

/** Which halves of a vault's storage stand in this browser. */
export type VaultPresence = VaultHalves & {
  readonly vaultId: VaultId;
  /** False where it rests in a kind of storage that this browser does not offer now: nothing is known about it. */
  readonly isReachable: boolean;
};

export interface BrowserVaults {
  /** Where a new vault would rest. */
  kindOfNew(): Promise<StorageKind>;
  /** In the order of creation. Where the list before was not whole, the browser is asked again. */
  list(): Promise<readonly VaultPresence[]>;
  /** False where something did not answer when the vaults were listed last: there may be more of them. */
  isListWhole(): Promise<boolean>;
  /** Makes room for a new vault. It is remembered once its header stands. Undefined: the browser grants no storage. */
  create(vaultId: VaultId): Promise<VaultPlace | undefined>;
  place(vaultId: VaultId): Promise<VaultPlace | undefined>;
  /** Deletes every byte of a vault and forgets it. Harmless if it is gone already. */
  remove(vaultId: VaultId): Promise<void>;
}

const NOTHING: VaultHalves = { hasHeader: false, hasDatabase: false };

/**
 * The vaults of one browser profile, whatever kind of storage each is in, and a registry that remembers which of them
 * there should be.
 *
 * A vault without a header that the registry does not know either is a creation that was interrupted before it was
 * confirmed to anybody: it is no vault, and not listed.
 */
export const createBrowserVaults = (look: () => Promise<OfferedStorage>): BrowserVaults => {
  let looked: Promise<OfferedStorage> | undefined;
  /** Once: a vault made in one kind must not be looked for in another because the browser changed its mind. */
  const offered = (): Promise<OfferedStorage> => (looked ??= look());
  let isWhole = true;
  /** One that was made in memory is there for as long as nobody looks again. */
  let hasMade = false;

  const remembered = (place: VaultPlace, vaultId: VaultId, { registry, freeBytes }: OfferedStorage): VaultPlace => ({
    ...withSpareRoom(place, freeBytes),
    headerStore: {
      read: (copy) => place.headerStore.read(copy),
      async write(copy, bytes) {
        const isWritten = await place.headerStore.write(copy, bytes);
        if (isWritten) await registry.add(vaultId, place.kind);
        return isWritten;
      },
    },
  });

  return {
    async kindOfNew() {
      const { shelves } = await offered();
      return shelves[0]?.kind ?? 'memory';
    },

    async list() {
      if (!isWhole && !hasMade) looked = undefined;
      const { shelves, registry, ...offer } = await offered();
      const [listed, ...found] = await Promise.all([
        answered(registry.list()),
        ...shelves.map((shelf) => answered(shelf.find())),
      ]);
      isWhole = offer.isWhole && listed !== undefined && !found.includes(undefined);
      const known = listed ?? [];
      const present = new Map(found.flatMap((halves) => [...(halves ?? [])]));
      const all: VaultPresence[] = known.map(({ vaultId, kind }) => ({
        vaultId,
        isReachable:
          present.has(vaultId) || shelves.some((shelf, index) => shelf.kind === kind && found[index] !== undefined),
        ...(present.get(vaultId) ?? NOTHING),
      }));
      const unlisted = [...present].filter(([vaultId]) => !known.some((vault) => vault.vaultId === vaultId)).sort();
      for (const [vaultId, halves] of unlisted)
        if (halves.hasHeader) all.push({ vaultId, isReachable: true, ...halves });
      return all;
    },

    isListWhole: async () => isWhole,

    async create(vaultId) {
      const storage = await offered();
      const place = await storage.shelves[0]?.create(vaultId);
      hasMade = true;
      return place && remembered(place, vaultId, storage);
    },

    async place(vaultId) {
      const storage = await offered();
      for (const shelf of storage.shelves) {
        const place = await shelf.place(vaultId);
        if (place !== undefined) return remembered(place, vaultId, storage);
      }
      return undefined;
    },

    async remove(vaultId) {
      const { shelves, registry } = await offered();
      for (const shelf of shelves) await shelf.remove(vaultId);
      await registry.remove(vaultId);
    },
  };
};

/** What fails here is told by a list that is not whole. */
const answered = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);

const withSpareRoom = (place: VaultPlace, freeBytes: OfferedStorage['freeBytes']): VaultPlace => {
  if (place.kind === 'memory') return place;
  const { layer, spare } =
    place.kind === 'opfs'
      ? keepSpareFile(place.files)
      : keepSpareRoom(place.files, { freeBytes, bytesMax: LIMITS.writtenBehindBytes });
  return { ...place, files: layer, spare };
};
