/** A core with one vault, real locks and real channels, and nothing behind them. `unlock` takes the password `right`. */
import { err, ok } from '../../domain/result.ts';
import type { CoreApi, CoreEvent } from '../../rpc/core-api.ts';
import { coreApiOver } from '../../rpc/core-methods.ts';
import { exposeCore } from '../../rpc/expose-core.ts';
import { createLeaderLock } from '../../platform/leader-lock.ts';
import { serveWindows, type ServedWindows } from '../serve-windows.ts';

const leaderLock = createLeaderLock(navigator.locks);
let windows: ServedWindows | undefined;
let seen = 0;
let name = 'Ada';

const unlock: CoreApi['unlock'] = async ({ vaultId, password }) => {
  const release = await leaderLock.acquire(vaultId);
  if (release === undefined) return err({ tag: 'open-elsewhere' });
  if (password !== 'right') {
    release();
    return err({ tag: 'wrong-password' });
  }
  windows = await serveWindows(
    { api, openChannel: (channel) => new BroadcastChannel(channel), locks: navigator.locks, onVisible },
    vaultId,
  );
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
  return me();
});
const exposed = exposeCore(api, globalThis, { onVisible });
