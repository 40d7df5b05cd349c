import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import type { CoreClient, CoreEvent } from '../rpc/core-api.ts';
import { leaderLockName } from '../rpc/lock-names.ts';
import { connectCore } from './connect-core.ts';
import { vaultChannelName } from './vault-channel.ts';

/** Windows of one browser, as far as workers, locks and channels can tell: each has its own client and worker. */
const openWindow = () => {
  const workers: Worker[] = [];
  const view = { isVisible: true };
  const client = connectCore({
    createWorker: () => {
      const worker = new Worker(new URL('./testing/fake-core.worker.ts', import.meta.url), { type: 'module' });
      workers.push(worker);
      return worker;
    },
    isVisible: () => view.isVisible,
  });
  const events: CoreEvent[] = [];
  client.onEvent((event) => events.push(event));
  const show = (isVisible: boolean): void => {
    view.isVisible = isVisible;
    client.noteVisible();
  };
  const types = () => events.map((event) => (event.type === 'hand-over' ? event.state : event.type));
  return { client, workers, events, types, show };
};
type TestWindow = ReturnType<typeof openWindow>;

/** How many workers wait to take over. */
const waitingFor = async (vaultId: VaultId): Promise<number> => {
  const { pending = [] } = await navigator.locks.query();
  return pending.filter(({ name, mode }) => name === leaderLockName(vaultId) && mode === 'exclusive').length;
};

/**
 * The word to lock and the end of the leader reach a window that follows by two ways, and a browser may bring the second one
 * first: a hand-over begins then, and ends with the word. That one which heard the word does not begin any is said in
 * core-client.test.ts.
 */
const isNoHandOver = ({ type }: CoreEvent): boolean => type !== 'hand-over';

const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 5));
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
  const crash = ({ client }: TestWindow) =>
    client.api.search({ query: '', conversationId: undefined, after: undefined, limit: 1 }).catch(() => {});
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
    await until(() => second.types().at(-1) === 'locked');
    expect(first.events).toEqual([locked()]);
    expect(second.events.filter(isNoHandOver)).toEqual([locked()]);
    expect((await unlock(second.client)).ok).toBe(true);
    expect(second.types().at(-1)).toBe('locked');
  });

  it('is locked for both by the second, and can be opened again at once', async () => {
    await second.client.joinOpenAccount(vaultId);
    await second.client.lock();
    expect(second.events).toEqual([locked()]);
    await until(() => first.events.length > 0);
    expect(first.events).toEqual([locked()]);
    expect((await unlock(second.client)).ok).toBe(true);
  });

  it('is locked when the core crashes and no other window is there', async () => {
    void crash(first);
    await until(() => first.types().includes('locked'));
    expect((await unlock(first.client)).ok).toBe(true);
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

describe('three windows, one account', () => {
  let vaultId: VaultId;
  let windows: TestWindow[];
  const [leader, second, third] = [0, 1, 2].map((index) => () => windows[index]!) as [
    () => TestWindow,
    () => TestWindow,
    () => TestWindow,
  ];
  const kill = (window: TestWindow): void => window.workers.at(-1)?.terminate();
  const isReady = (count: number) => until(async () => (await waitingFor(vaultId)) === count);
  const lockHolders = async (): Promise<number> => {
    const { held = [] } = await navigator.locks.query();
    return held.filter(({ name, mode }) => name === leaderLockName(vaultId) && mode === 'exclusive').length;
  };

  beforeEach(async () => {
    vaultId = crypto.randomUUID().replaceAll('-', '') as VaultId;
    windows = [openWindow(), openWindow(), openWindow()];
    expect((await leader().client.api.unlock({ vaultId, password: 'right' })).ok).toBe(true);
    expect(await second().client.joinOpenAccount(vaultId)).toBe(true);
    await isReady(1);
    expect(await third().client.joinOpenAccount(vaultId)).toBe(true);
    await isReady(2);
  });
  afterEach(() => {
    for (const { client, workers } of windows) {
      client.leave();
      for (const worker of workers) worker.terminate();
    }
  });

  it('go on without a password when the leader is killed: one takes over, the other goes along', async () => {
    kill(leader());
    await until(() => third().types().includes('done') && second().types().includes('done'));
    expect(await third().client.api.setName({ name: 'Grace' })).toMatchObject({ ok: true });
    expect(await second().client.api.me()).toMatchObject({ name: 'Grace' });
    expect([...second().types(), ...third().types()]).not.toContain('locked');
    expect(await lockHolders()).toBe(1);
    await isReady(1);
  });

  it('go on when the next leader is killed too', async () => {
    kill(leader());
    await until(() => third().types().includes('done'));
    await isReady(1);
    kill(second());
    await until(
      () =>
        third()
          .types()
          .filter((type) => type === 'done').length === 2,
    );
    expect(await third().client.api.me()).toMatchObject({ name: 'Ada' });
  });

  it('answer what was asked of a leader that died with it', async () => {
    const asked = third().client.api.contacts();
    await new Promise((resolve) => setTimeout(resolve, 50));
    kill(leader());
    expect(await asked).toMatchObject({ name: 'Ada' });
  });

  it('keep what is asked while nobody leads', async () => {
    kill(leader());
    const answers = await Promise.all([second().client.api.me(), third().client.api.me()]);
    expect(answers).toMatchObject([{ name: 'Ada' }, { name: 'Ada' }]);
  });

  it('a window whose core crashes goes along with the one that takes over', async () => {
    void leader().client.api.search({ query: '', conversationId: undefined, after: undefined, limit: 1 });
    await until(() => leader().types().includes('done'));
    expect(leader().types()).not.toContain('locked');
    expect(await second().client.api.setName({ name: 'Grace' })).toMatchObject({ ok: true });
    expect(await leader().client.api.me()).toMatchObject({ name: 'Grace' });
  });

  it('a leader that nobody sees gives the lead to a window that somebody sees, and stands by', async () => {
    second().show(false);
    leader().show(false);
    await until(() => leader().types().includes('done'));
    await isReady(2);
    expect(leader().workers.length).toBe(2);
    kill(third());
    await until(
      () =>
        leader()
          .types()
          .filter((type) => type === 'done').length === 2,
    );
    expect(await leader().client.api.me()).toMatchObject({ name: 'Ada' });
  });

  it('a leader that is closed while it is seen counts no more: the rest, which nobody sees, keep what they have', async () => {
    leader().show(true);
    second().show(false);
    third().show(false);
    leader().client.leave();
    await until(() => third().types().includes('done') && second().types().includes('done'));
    await isReady(1);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    for (const { types } of [second(), third()]) expect(types().filter((type) => type === 'done').length).toBe(1);
  });

  it('a leader that is not seen keeps the lead while nobody sees another window either', async () => {
    second().show(false);
    third().show(false);
    leader().show(false);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(leader().types()).toEqual([]);
    expect(leader().workers.length).toBe(1);
  });

  it('a window that is closed hands over, one that is frozen too; it goes along when it comes back', async () => {
    leader().client.leave();
    await until(() => third().types().includes('done') && second().types().includes('done'));
    await isReady(1);
    const [leads, follows] = [second(), third()]; // in the order in which their workers stood by
    leads.client.freeze();
    await until(() => follows.types().filter((type) => type === 'done').length === 2);
    expect(leads.types()).not.toContain('locked');
    leads.client.thaw();
    expect(await leads.client.api.me()).toMatchObject({ name: 'Ada' });
    await isReady(1);
  });

  it.each([0, 1, 2])('are all locked by window %i, and no worker of theirs is left', async (by) => {
    await windows[by]!.client.lock();
    await until(() => windows.every(({ types }) => types().at(-1) === 'locked'));
    expect(await waitingFor(vaultId)).toBe(0);
    expect(await lockHolders()).toBe(0);
    for (const { types } of [windows[by]!, leader()]) expect(types()).toEqual(['locked']);
    for (const { events } of windows) expect(events.filter(isNoHandOver).length).toBe(1);
  });

  it('a lock that comes while one takes over still locks all', async () => {
    kill(leader());
    await third().client.lock();
    await until(() => second().types().at(-1) === 'locked' && third().types().at(-1) === 'locked');
    expect(await waitingFor(vaultId)).toBe(0);
    expect(await lockHolders()).toBe(0);
  });

  it('a window that has nothing open locks every account', async () => {
    const another = openWindow();
    windows.push(another);
    await another.client.lockAll();
    await until(() => windows.slice(0, 3).every(({ types }) => types().at(-1) === 'locked'));
    expect(await lockHolders()).toBe(0);
  });

  it('the key reaches no page', async () => {
    const heard: unknown[] = [];
    for (const name of [vaultChannelName(vaultId)])
      new BroadcastChannel(name).addEventListener('message', ({ data }) =>
        heard.push(...Object.values(data as Readonly<Record<string, unknown>>)),
      );
    const another = openWindow();
    windows.push(another);
    await another.client.joinOpenAccount(vaultId);
    for (const worker of another.workers)
      worker.addEventListener('message', ({ data }) =>
        heard.push(...Object.values(data as Readonly<Record<string, unknown>>)),
      );
    await isReady(3);
    kill(leader());
    await until(() => another.types().includes('done'));
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.some((value) => value instanceof CryptoKey)).toBe(false);
  });
});
