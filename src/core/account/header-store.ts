import type { CopyNumber, HeaderStore } from '../../vault/header-store.ts';
import type { HeaderStore as PlaceHeaderStore } from '../deps.ts';

/** No room for a header copy; what stood there before is as it was. */
export class HeaderNotStored extends Error {}

/** A place's header copies, as the vault wants them. */
export const toVaultHeaderStore = (store: PlaceHeaderStore): HeaderStore => ({
  read: (copy) => store.read(copy),
  async write(copy, bytes) {
    if (!(await store.write(copy, bytes))) throw new HeaderNotStored(`no room for header copy ${copy}`);
  },
});

/** The same store, with both copies read already. */
export const readCopies = async (store: PlaceHeaderStore): Promise<PlaceHeaderStore> => {
  const copies = await Promise.all([store.read(0), store.read(1)]);
  return { read: async (copy) => copies[copy]?.slice(), write: (copy, bytes) => store.write(copy, bytes) };
};

/**
 * Keeps what is written until `flush`. A header that stands is the promise that there is an account behind it, so a new
 * one is written last.
 */
export const createHeldHeaderStore = (store: HeaderStore): HeaderStore & { flush(): Promise<void> } => {
  const held = new Map<CopyNumber, Uint8Array>();
  return {
    read: async (copy) => held.get(copy)?.slice() ?? store.read(copy),
    write: async (copy, bytes) => void held.set(copy, bytes.slice()),
    async flush() {
      for (const [copy, bytes] of held) await store.write(copy, bytes);
    },
  };
};
