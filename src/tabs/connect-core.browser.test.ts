import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import type { CoreClient, CoreEvent } from '../rpc/core-api.ts';
import { connectCore } from './connect-core.ts';

/** Two windows of one browser, as far as workers, locks and channels can tell: each has its own client and worker. */
const openWindow = () => {
  const workers: Worker[] = [];
  const client = connectCore(() => {
    const worker = new Worker(new URL('./testing/fake-core.worker.ts', import.meta.url), { type: 'module' });
    workers.push(worker);
    return worker;
  });
  const events: CoreEvent[] = [];
  client.onEvent((event) => events.push(event));
  return { client, workers, events };
};

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('two windows, one account', () => {
  let vaultId: VaultId;
  let first: ReturnType<typeof openWindow>;
  let second: ReturnType<typeof openWindow>;
  const locked = () => ({ type: 'locked', vaultId });

  beforeEach(async () => {
    vaultId = crypto.randomUUID().replaceAll('-', '') as VaultId;
    first = openWindow();
    second = openWindow();
    expect((await unlock(first.client)).ok).toBe(true);
  });
  afterEach(() => {
    for (const worker of [...first.workers, ...second.workers]) worker.terminate();
  });
  const unlock = (client: CoreClient) => client.api.unlock({ vaultId, password: 'right' });

  it('does not open the account a second time', async () => {
    expect(await unlock(second.client)).toEqual({ ok: false, error: { tag: 'open-elsewhere' } });
  });

  it('works through the first window, and both hear what changes', async () => {
    expect(await second.client.joinOpenAccount(vaultId)).toBe(true);
    expect(await second.client.api.setName({ name: 'Grace' })).toMatchObject({ ok: true, value: { name: 'Grace' } });
    expect(await first.client.api.me()).toMatchObject({ name: 'Grace' });
    await until(() => first.events.length > 0 && second.events.length > 0);
    expect(first.events).toMatchObject([{ type: 'me', me: { name: 'Grace' } }]);
    expect(second.events).toEqual(first.events);
  });

  it('is locked for both by the first', async () => {
    await second.client.joinOpenAccount(vaultId);
    await first.client.lock();
    await until(() => second.events.length > 0);
    expect(first.events).toEqual([locked()]);
    expect(second.events).toEqual([locked()]);
    expect((await unlock(second.client)).ok).toBe(true);
  });

  it('is locked for both by the second, and can be opened again at once', async () => {
    await second.client.joinOpenAccount(vaultId);
    await second.client.lock();
    expect(second.events).toEqual([locked()]);
    await until(() => first.events.length > 0);
    expect(first.events).toEqual([locked()]);
    expect((await unlock(second.client)).ok).toBe(true);
  });

  it('is locked for both when the core crashes', async () => {
    await second.client.joinOpenAccount(vaultId);
    void first.client.api.search({ query: '', conversationId: undefined, after: undefined, limit: 1 }).catch(() => {});
    await until(() => first.events.length > 0 && second.events.length > 0);
    expect(first.events).toEqual([locked()]);
    expect(second.events).toEqual([locked()]);
  });

  it('is locked for the second when the first is closed, and open calls end', async () => {
    await second.client.joinOpenAccount(vaultId);
    first.workers[0]?.terminate();
    await until(() => second.events.length > 0);
    expect(second.events).toEqual([locked()]);
    expect((await unlock(second.client)).ok).toBe(true);
  });

  it('cannot be joined when no window has it open', async () => {
    expect(await second.client.joinOpenAccount('00' as VaultId)).toBe(false);
  });

  it('opens and locks many times without a wrong answer', async () => {
    for (let round = 0; round < 10; round += 1) {
      await first.client.lock();
      expect(await unlock(first.client)).toMatchObject({ ok: true });
    }
  });
});
