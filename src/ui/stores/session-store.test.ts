import { expect, it } from 'vitest';
import type { VaultId } from '../../domain/ids.ts';
import { ok } from '../../domain/result.ts';
import type { CoreClient, CoreEvent } from '../../rpc/core-api.ts';
import { coreApiOver } from '../../rpc/core-methods.ts';
import type { Me } from '../../rpc/dto.ts';
import { createSessionStore } from './session-store.ts';

it('stores what is being written before it locks', async () => {
  const order: string[] = [];
  const core = {
    api: coreApiOver(async () => []),
    onEvent: () => () => undefined,
    lock: async () => void order.push('lock'),
  } as unknown as CoreClient;
  const session = createSessionStore({ core, now: () => 0 });
  session.drafts.register(async () => {
    await Promise.resolve();
    order.push('draft');
    return true;
  });
  await session.lock();
  expect(order).toEqual(['draft', 'lock']);
});

it('locks all accounts though the core is too busy to say which are open', async () => {
  let isLocked = false;
  const core = {
    api: coreApiOver(() => new Promise(() => undefined)),
    onEvent: () => () => undefined,
    lockAll: async () => void (isLocked = true),
  } as unknown as CoreClient;
  await createSessionStore({ core, now: () => 0 }).lockAll();
  expect(isLocked).toBe(true);
});

const vaultId = 'a'.repeat(32) as VaultId;

/** A core whose list comes when it is let. */
const createSlowCore = () => {
  let say: (event: CoreEvent) => void = () => undefined;
  let letList: (list: readonly []) => void = () => undefined;
  const list = new Promise<readonly []>((resolve) => (letList = resolve));
  const api = coreApiOver(async (method) => {
    if (method === 'unlock') return ok({ name: 'Ada' });
    return method === 'conversations' ? list : [];
  });
  const onEvent: CoreClient['onEvent'] = (listener) => {
    say = listener;
    return () => true;
  };
  return {
    core: { api, onEvent } as unknown as CoreClient,
    say: (event: CoreEvent) => say(event),
    letList: () => letList([]),
  };
};

it('shows an account together with its list, and has heard what happened meanwhile', async () => {
  const { core, say, letList } = createSlowCore();
  const session = createSessionStore({ core, now: () => 0 });
  const unlocked = session.unlock(vaultId, 'secret');
  await new Promise((resolve) => setTimeout(resolve));
  expect(session.open.value).toBeUndefined();
  say({ type: 'me', me: { name: 'Ada L.' } as Me });
  letList();
  expect(await unlocked).toMatchObject({ ok: true });
  expect(session.open.value?.conversations.isLoaded.value).toBe(true);
  expect(session.open.value?.me.value.name).toBe('Ada L.');
});

it('does not show an account that was locked before its list came', async () => {
  const { core, say, letList } = createSlowCore();
  const session = createSessionStore({ core, now: () => 0 });
  const unlocked = session.unlock(vaultId, 'secret');
  await new Promise((resolve) => setTimeout(resolve));
  say({ type: 'locked', vaultId });
  letList();
  await unlocked;
  expect(session.open.value).toBeUndefined();
});

it('keeps why an account was locked by nobody, until it is open again', async () => {
  const { core, say, letList } = createSlowCore();
  letList();
  const session = createSessionStore({ core, now: () => 0 });
  await session.unlock(vaultId, 'right');
  say({ type: 'locked', vaultId, reason: { tag: 'storage-taken' } });
  expect(session.open.value).toBeUndefined();
  expect(session.whyLocked.value).toEqual({ vaultId, error: { tag: 'storage-taken' } });
  await session.unlock(vaultId, 'right');
  expect(session.whyLocked.value).toBeUndefined();
});
