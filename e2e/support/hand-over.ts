/**
 * From the end of an account's leading window to the first answer that another window gets. Both times are read in the
 * pages by the clock that they share. The end is the moment in which the leading core's worker is terminated: no word of
 * farewell, as in a crash; the first answer is the first one that comes to the other page over whichever worker or
 * channel, without anybody doing anything there.
 */
import { expect, type BrowserContext, type Page } from '@playwright/test';

type Watched = { cores?: Worker[]; answeredMs?: number[] };

/** Runs in each page before anything of the page does. */
const watchAnswers = (): void => {
  const watched = globalThis as Watched;
  const cores: Worker[] = [];
  const answeredMs: number[] = [];
  Object.assign(watched, { cores, answeredMs });
  const note = ({ data }: MessageEvent<unknown>): void => {
    const { id, type, argumentList } = data as { id?: unknown; type?: unknown; argumentList?: unknown };
    const isAnswer = typeof id === 'string' && typeof type === 'string' && argumentList === undefined;
    if (isAnswer) answeredMs.push(performance.timeOrigin + performance.now());
  };
  globalThis.Worker = class extends Worker {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      cores.push(this);
      this.addEventListener('message', note);
    }
  };
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      this.addEventListener('message', note);
    }
  };
};

/** How many workers stand by and wait for a vault's lock. */
export const untilStandingBy = (page: Page, count: number): Promise<void> =>
  expect
    .poll(
      () =>
        page.evaluate(async () => {
          const { pending = [] } = await navigator.locks.query();
          return pending.filter(({ name, mode }) => /^vault:[0-9a-f]+$/.test(name ?? '') && mode === 'exclusive')
            .length;
        }),
      { timeout: 30_000 },
    )
    .toBe(count);

/**
 * A window that was closed is off the screen before its worker has ended: until then its account is open, and the next
 * window finds it so. Asks in a page of its own, in which no app is.
 */
export const untilAllEnded = async (context: BrowserContext, url: string): Promise<void> => {
  const page = await context.newPage();
  await page.goto(`${url}/release.json`);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const { held = [], pending = [] } = await navigator.locks.query();
        return [...held, ...pending].filter(({ name }) => /^vault:[0-9a-f]+$/.test(name ?? '')).length;
      }),
    )
    .toBe(0);
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
 * Three windows; the leading core is killed, a new window takes the place of the one that lost it, and so on.
 * @param first a window in which the account was just opened or made
 * @returns milliseconds, one for each of the two windows that go on in each round
 */
export const measureHandOvers = async (
  context: BrowserContext,
  url: string,
  { first, rounds }: { readonly first: (page: Page) => Promise<void>; readonly rounds: number },
): Promise<readonly number[]> => {
  await context.addInitScript(watchAnswers);
  let windows = [await context.newPage()];
  await first(windows[0]!);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    while (windows.length < 3) {
      windows = [...windows, await openAnotherWindow(context, url)];
      await untilStandingBy(windows[0]!, windows.length - 1);
    }
    const [leading, ...others] = windows as [Page, ...Page[]];
    await leading.waitForTimeout(300); // what a new window reads is read
    const endedMs = await leading.evaluate(() => {
      (globalThis as Watched).cores?.at(-1)?.terminate();
      return performance.timeOrigin + performance.now();
    });
    for (const other of others) {
      const answered = await other.waitForFunction(
        (since) => (globalThis as Watched).answeredMs?.find((ms) => ms > since),
        endedMs,
        { polling: 20 },
      );
      times.push((await answered.jsonValue())! - endedMs);
      if ((await other.getByLabel('Password', { exact: true }).count()) > 0) throw new Error('a password was asked');
    }
    await leading.close();
    windows = others;
  }
  return times;
};
