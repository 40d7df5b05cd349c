/**
 * From the end of an account's leading window to the first answer that another window gets. Both times are read in the
 * pages by the clock that they share. The end is the first that happens in the leading window: its core's worker is
 * terminated, by a crash or by the app, which gives way; it is told that it is frozen; or it goes (`pagehide`). Until then
 * its worker is there. For how long a window has to be unseen before it gives way does not count. The first answer is the
 * first one that comes to the other page after it heard that somebody else leads, over whichever worker or channel,
 * without anybody doing anything there.
 */
import { expect, type BrowserContext, type Page } from '@playwright/test';

/** A leading window tells the others when it ended; what it writes while it is closed may be lost with it. */
type End = { readonly round: number; readonly endedMs: number };
type Watched = {
  cores?: Worker[];
  /** When somebody new led, as far as this window heard, and when it got answers. */
  ledMs?: number[];
  answeredMs?: number[];
  leadsRound?: number | undefined;
  ends?: End[];
};

/** Runs in each page before anything of the page does. */
const watchWindow = (): void => {
  const watched = globalThis as Watched;
  const cores: Worker[] = [];
  const ledMs: number[] = [];
  const answeredMs: number[] = [];
  const ends: End[] = [];
  const nowMs = (): number => performance.timeOrigin + performance.now();
  const note = ({ data }: MessageEvent<unknown>): void => {
    const { id, type, argumentList, leads, leading } = data as Readonly<Record<string, unknown>>;
    if (typeof leads === 'string' || leading === true) ledMs.push(nowMs());
    const isAnswer = typeof id === 'string' && typeof type === 'string' && argumentList === undefined;
    if (isAnswer) answeredMs.push(nowMs());
  };
  const told = new BroadcastChannel('measured-ends');
  told.addEventListener('message', ({ data }) => ends.push(data as End));
  /** The first end of the round. */
  const noteEnd = (): void => {
    const { leadsRound } = watched;
    if (leadsRound !== undefined) told.postMessage({ round: leadsRound, endedMs: nowMs() } satisfies End);
    watched.leadsRound = undefined;
  };
  Object.assign(watched, { cores, ledMs, answeredMs, ends });
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      cores.push(this);
      this.addEventListener('message', note);
    }
    override terminate(): void {
      noteEnd();
      super.terminate();
    }
  };
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      this.addEventListener('message', note);
    }
  };
  addEventListener('pagehide', noteEnd, { capture: true });
  document.addEventListener('freeze', noteEnd, { capture: true });
};

/** What can happen to a leading window. */
export const ENDINGS = {
  /** No word of farewell. */
  killed: (page) => page.evaluate(() => (globalThis as Watched).cores?.at(-1)?.terminate()),
  closed: (page) => page.close(),
  /** To another place, perhaps into the page cache. */
  left: async (page) => void (await page.goto('about:blank')),
  /**
   * The app is told so, as by a browser that wants to save power: none freezes a page that it shows, and a headless one
   * shows every page.
   */
  frozen: (page) => page.evaluate(() => void document.dispatchEvent(new Event('freeze'))),
  /** The app is told so, for the same reason. */
  unseen: (page) =>
    page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
      document.dispatchEvent(new Event('visibilitychange'));
    }),
} as const satisfies Readonly<Record<string, (leading: Page) => Promise<void>>>;
export type Ending = keyof typeof ENDINGS;
export type HandOver = {
  readonly ending: Ending;
  readonly waitedMs: number;
  /** From the moment before the browser was asked for the ending: its own time for that is in it. */
  readonly sinceAskedMs: number;
};

/** The locks of all vaults, as the browser of this page knows them. */
const vaultLocks = (
  page: Page,
): Promise<{ readonly held: number; readonly pending: readonly (string | undefined)[] }> =>
  page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const isVault = ({ name }: LockInfo): boolean => /^vault:[0-9a-f]+$/.test(name ?? '');
    return { held: held.filter(isVault).length, pending: pending.filter(isVault).map(({ mode }) => mode) };
  });

/** How many workers stand by and wait for a vault's lock. */
export const untilStandingBy = (page: Page, count: number): Promise<void> =>
  expect
    .poll(async () => (await vaultLocks(page)).pending.filter((mode) => mode === 'exclusive').length, {
      timeout: 30_000,
    })
    .toBe(count);

/**
 * A window that was closed is off the screen before its worker has ended: until then its account is open, and the next
 * window finds it so. Asks in a page of its own, in which no app is.
 */
export const untilAllEnded = async (context: BrowserContext, url: string): Promise<void> => {
  const page = await context.newPage();
  await page.goto(`${url}/release.json`);
  await expect.poll(() => vaultLocks(page)).toEqual({ held: 0, pending: [] });
  await page.close();
};

/** Another window for an account that is open already: no password is asked. */
export const openAnotherWindow = async (context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('link', { name: /Open in another window/ }).click();
  await expect(page.getByRole('heading', { name: 'Chats' })).toBeVisible({ timeout: 30_000 });
  return page;
};

/**
 * Three windows; the leading one ends, a new window takes the place of the one that lost it, and so on.
 * @param first a window in which the account was just opened or made
 * @param endings one for each round
 * @returns one for each of the two windows that go on in each round
 */
export const measureHandOvers = async (
  context: BrowserContext,
  url: string,
  { first, endings }: { readonly first: (page: Page) => Promise<void>; readonly endings: readonly Ending[] },
): Promise<readonly HandOver[]> => {
  await context.addInitScript(watchWindow);
  let windows = [await context.newPage()];
  await first(windows[0]!);
  const handOvers: HandOver[] = [];
  for (const [round, ending] of endings.entries()) {
    while (windows.length < 3) {
      windows = [...windows, await openAnotherWindow(context, url)];
      await untilStandingBy(windows[0]!, windows.length - 1);
    }
    const [leading, ...others] = windows as [Page, Page, Page];
    await leading.waitForTimeout(300); // what a new window reads is read
    const askedMs = await leading.evaluate((now) => {
      (globalThis as Watched).leadsRound = now;
      return performance.timeOrigin + performance.now();
    }, round);
    await ENDINGS[ending](leading);
    for (const other of others) {
      const ended = await other
        .waitForFunction((now) => (globalThis as Watched).ends?.find((end) => end.round === now), round, {
          polling: 20,
        })
        .catch(() => {
          throw new Error(`a window did not hear that the leading one was ${ending}, in round ${round}`);
        });
      const { endedMs } = (await ended.jsonValue())!;
      const answered = await other
        .waitForFunction(
          (since) => {
            const { ledMs, answeredMs } = globalThis as Watched;
            const newLeadMs = ledMs?.find((ms) => ms > since) ?? Infinity;
            return answeredMs?.find((ms) => ms >= newLeadMs);
          },
          endedMs,
          { polling: 20 },
        )
        .catch(() => {
          throw new Error(`a window got no answer after the leading one was ${ending}, in round ${round}`);
        });
      const firstMs = (await answered.jsonValue())!;
      handOvers.push({ ending, waitedMs: firstMs - endedMs, sinceAskedMs: firstMs - askedMs });
      if ((await other.getByLabel('Password', { exact: true }).count()) > 0) throw new Error('a password was asked');
    }
    await leading.close();
    windows = others;
  }
  return handOvers;
};
