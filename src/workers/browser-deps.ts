import type { CoreDeps } from '../core/deps.ts';
import { createPageCipherFactory } from '../crypto/page-ciphers.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import { findShelves } from '../platform/browser-shelves.ts';
import { createBrowserVaults } from '../platform/browser-vaults.ts';
import { createConnectivity } from '../platform/connectivity.ts';
import { createLeaderLock } from '../platform/leader-lock.ts';
import { randomBytes } from '../platform/random.ts';
import { createRelayPort } from '../platform/relay-port.ts';
import { createStorageRoom } from '../platform/storage-room.ts';
import { clock, setTimer } from '../platform/time.ts';
import { loadSqliteEngine, type SqliteEngine } from '../storage/sqlite/engine.ts';

export type BrowserDeps = {
  readonly deps: CoreDeps;
  /** A window of this account came to the front. */
  readonly noteVisible: () => void;
};

/** What the core takes from the world, in a dedicated worker of a browser. */
export const createBrowserDeps = (emit: (event: CoreEvent) => void): BrowserDeps => {
  const connectivity = createConnectivity(self);
  const { storage, locks } = navigator;
  const storageRoom = createStorageRoom(storage);
  let sqlite: Promise<SqliteEngine> | undefined;
  /** Once; a load that failed (the network, on the very first visit) is tried again. */
  const loadSqlite = (): Promise<SqliteEngine> => {
    sqlite ??= loadSqliteEngine().catch((error: unknown) => {
      sqlite = undefined;
      throw error;
    });
    return sqlite;
  };
  const deps: CoreDeps = {
    clock,
    random: randomBytes,
    setTimer,
    vaults: createBrowserVaults(() => findShelves({ storage, locks, room: storageRoom, setTimer })),
    storageRoom,
    leaderLock: createLeaderLock(locks),
    loadSqlite,
    rehearses: true,
    createPageCipher: createPageCipherFactory({ random: randomBytes }),
    relay: createRelayPort({
      origin: self.location.origin,
      fetch: (url, init) => fetch(url, init),
      openWebSocket: (url) => new WebSocket(url),
      setTimer,
    }),
    connectivity,
    emit,
  };
  return { deps, noteVisible: connectivity.noteVisible };
};
