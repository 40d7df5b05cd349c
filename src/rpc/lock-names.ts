/** The Web Locks of an open vault (docs/protocol/browser-storage.md), held by the worker that has it open. */
import type { VaultId } from '../domain/ids.ts';

/** The browser gives a lock back when its holder ends, however it ends: no crash can leave one standing. */
export const leaderLockName = (vaultId: VaultId): string => `vault:${vaultId}`;

/** The vault whose leader's lock has this name; undefined for a lock of another kind. */
export const vaultOfLeaderLock = (name: string): VaultId | undefined =>
  /^vault:([0-9a-f]{32})$/.exec(name)?.[1] as VaultId | undefined;

/**
 * Held while other windows are served. They wait for this one: it is theirs the moment the leader is gone. A heartbeat
 * would need timers, which browsers slow down in hidden windows.
 */
export const serviceLockName = (vaultId: VaultId): string => `vault:${vaultId}:service`;
