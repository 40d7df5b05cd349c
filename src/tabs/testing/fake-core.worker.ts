/**
 * A core with one vault, real locks, channels and keys, and nothing behind them: `unlock` takes the password `right`, and
 * what it knows is in its memory, so a core that took over knows nothing of the one before. `search` crashes it.
 */
import { err, ok } from '../../domain/result.ts';
import type { CoreApi, CoreEvent } from '../../rpc/core-api.ts';
import { coreApiOver } from '../../rpc/core-methods.ts';
import { exposeCore } from '../../rpc/expose-core.ts';
import { createLeaderLock } from '../../platform/leader-lock.ts';
import type { VaultId } from '../../domain/ids.ts';
import { memberOf } from '../../rpc/core-messages.ts';
import { serveWindows, type ServedWindows } from '../serve-windows.ts';
import { standBy } from '../stand-by.ts';

const leaderLock = createLeaderLock(navigator.locks);
let windows: ServedWindows | undefined;
let seen = 0;
let name = 'Ada';
let key: CryptoKey | undefined;
let isBetterLed = false;
let waitsFor: VaultId | undefined;
let hasTakenOver = false;

const openChannel = (channel: string) => new BroadcastChannel(channel);
const serve = async (vaultId: VaultId): Promise<void> => {
  const { locks } = navigator;
  windows = await serveWindows({ api, openChannel, locks, onVisible, resumeKey: () => key }, vaultId);
};

const unlock: CoreApi['unlock'] = async ({ vaultId, password }) => {
  const release = await leaderLock.acquire(vaultId);
  if (release === undefined) return err({ tag: 'open-elsewhere' });
  if (password !== 'right') {
    release();
    return err({ tag: 'wrong-password' });
  }
  key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, ['deriveBits']);
  await serve(vaultId);
  return ok(me());
};

const me = () => ({ accountId: 'bb' as never, name, handle: String(seen) });
const onVisible = (): void => void (seen += 1);

const api = coreApiOver(async (method, input) => {
  if (method === 'unlock') return unlock(input as Parameters<CoreApi['unlock']>[0]);
  if (method === 'setName') {
    name = (input as { readonly name: string }).name;
    const event: CoreEvent = { type: 'me', me: me() };
    exposed.emit(event);
    windows?.emit(event);
    return ok(me());
  }
  if (method === 'search')
    setTimeout(() => {
      throw new Error('nobody catches this');
    });
  // What only a core answers that took over: the one before dies with it.
  if (method === 'contacts' && !hasTakenOver) return new Promise(() => undefined);
  return me();
});
self.addEventListener('message', ({ data }) => {
  const betterLed = memberOf(data, 'isBetterLed');
  if (typeof betterLed === 'boolean') isBetterLed = betterLed;
  const vaultId = memberOf(data, 'standBy') as VaultId | undefined;
  if (vaultId === undefined || waitsFor === vaultId) return;
  waitsFor = vaultId;
  const takeOver = async (given: CryptoKey): Promise<void> => {
    // It has to be the key itself that came through, not something that looks like it.
    await crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-384', salt: new Uint8Array(0), info: new Uint8Array(0) },
      given,
      256,
    );
    key = given;
    hasTakenOver = true;
    self.postMessage({ leads: vaultId });
    await serve(vaultId);
  };
  standBy({ openChannel, waitForLock: leaderLock.wait, isBetterLed: () => isBetterLed, takeOver }, vaultId);
});
const exposed = exposeCore(api, globalThis, { onVisible });
