import type { VaultId } from '../domain/ids.ts';
import { RPC_VERSION, type CoreApi, type CoreEvent } from '../rpc/core-api.ts';
import { isSharedMethod } from '../rpc/core-methods.ts';
import { exposeCore } from '../rpc/expose-core.ts';
import { serviceLockName } from '../rpc/lock-names.ts';
import { giveKey } from './stand-by.ts';
import {
  openQuietly,
  vaultChannelName,
  windowChannelName,
  type AnyVaultMessage,
  type Channel,
  type OpenChannel,
  type VaultMessage,
  type WindowId,
} from './vault-channel.ts';

export type ServedWindows = {
  /** To every window that joined. */
  readonly emit: (event: CoreEvent) => void;
  /** `resumeKey` answers another one now: those that stand by need it. */
  readonly giveKey: () => void;
};

/**
 * Lets other windows of this browser use the account that this worker has open, until the worker ends. Runs in the
 * worker, so that a busy or hidden page does not slow the other windows down.
 */
export const serveWindows = async (
  deps: {
    readonly api: CoreApi;
    readonly openChannel: OpenChannel;
    readonly locks: LockManager;
    readonly onVisible: () => void;
    /** What opens the vault in another worker. */
    readonly resumeKey: () => CryptoKey | undefined;
  },
  vaultId: VaultId,
): Promise<ServedWindows> => {
  await holdForEver(deps.locks, serviceLockName(vaultId));
  const everybody = deps.openChannel(vaultChannelName(vaultId));
  const joined = new Map<WindowId, Channel>();
  const post = (message: VaultMessage): void => everybody.postMessage(message);

  everybody.addEventListener('message', ({ data }) => {
    const { join, leave } = data as AnyVaultMessage;
    if (join !== undefined) {
      if (!joined.has(join)) {
        const channel = openQuietly(deps.openChannel, windowChannelName(vaultId, join));
        exposeCore(deps.api, channel, { mayCall: isSharedMethod, onVisible: deps.onVisible });
        joined.set(join, channel);
      }
      post({ welcome: join, rpcVersion: RPC_VERSION });
    }
    if (leave !== undefined) {
      joined.get(leave)?.close();
      joined.delete(leave);
    }
  });

  const giveAgain = giveKey(deps.openChannel, vaultId, deps.resumeKey);
  // Those that were served by another worker until now wait for this word.
  post({ leading: true });
  return { emit: (event) => post({ event }), giveKey: giveAgain };
};

/** Resolves once the lock is held; the browser gives it back when this worker ends. */
const holdForEver = (locks: LockManager, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const held = locks.request(name, () => {
      resolve();
      return new Promise<never>(() => undefined);
    });
    held.catch(reject);
  });
