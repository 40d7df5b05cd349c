import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import { PBKDF2_MIN_ITERATIONS } from '../../crypto/pbkdf2.ts';
import { err } from '../../domain/result.ts';
import { sharedEngine } from '../../storage/testing/storage-fixture.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import type { CoreDeps } from '../deps.ts';
import { createMemoryVaults, silentStorageRoom } from './memory-vaults.ts';

export const NOW_MS = 1_800_000_000_000;

/** What a core needs on a device without a network, where no timer ever fires; but for what `own` says. */
export const createOfflineDeps = (own: Partial<CoreDeps> = {}): CoreDeps => {
  const vaults = createMemoryVaults();
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  return {
    clock: () => NOW_MS,
    random,
    setTimer: () => () => undefined,
    vaults: vaults.storage,
    storageRoom: silentStorageRoom,
    leaderLock: vaults.leaderLock,
    loadSqlite: sharedEngine,
    createPageCipher: createPageCipherFactory({ random }),
    kdfIterations: PBKDF2_MIN_ITERATIONS,
    stretchPassword: quickStretch,
    relay: {
      call: async () => err({ tag: 'offline' }),
      openSocket: () => {
        throw new Error('no network');
      },
    },
    connectivity: { isOnline: () => false, subscribe: () => () => undefined },
    emit: () => undefined,
    ...own,
  };
};
