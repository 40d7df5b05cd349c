/**
 * How long a message takes from a pressed Enter to a receipt, between two Chromium contexts. Times are read in the pages
 * by MutationObservers (`performance.timeOrigin + performance.now()`, the clock that both share), when a state stands in
 * the page; the next frame paints it. One message is under way at a time. "At the relay" is when the sender's page says
 * so: the other device may be told earlier, so a stage can be shorter than nothing.
 */
import { expect, type Browser, type Page } from '@playwright/test';
import { createPerson, type NewAccount, type Person } from '../../e2e/support/person.ts';
import type { BenchLine } from '../contract.ts';
import { median, quantile, rounded } from '../statistics.ts';

const WARM_UP = 5;
const SLOW_MS = 60_000;

/** Milliseconds since 1970. */
type SenderTimes = {
  readonly pressed: number;
  readonly stored: number;
  readonly atRelay: number;
  readonly onDevice: number;
};
type Times = SenderTimes & { readonly shown: number };

type Watched<T> = { times?: Promise<T> };

/** In the sender's page: begins to watch for Enter, and for the states of the newest message, which is `text`. */
const watchSender = (text: string): void => {
  const log = document.querySelector('[role="log"]');
  if (log === null) throw new Error('no conversation is open');
  const now = (): number => performance.timeOrigin + performance.now();
  (globalThis as Watched<SenderTimes>).times = new Promise((resolve) => {
    const states = ['Stored here', 'At the relay', 'On their device'];
    let pressed = 0;
    const reached: number[] = [];
    const onKeydown = ({ key }: KeyboardEvent): void => {
      if (key !== 'Enter') return;
      pressed = now();
      removeEventListener('keydown', onKeydown, { capture: true });
    };
    addEventListener('keydown', onKeydown, { capture: true });
    const observer = new MutationObserver(() => {
      const newest = [...log.querySelectorAll('article')].at(-1);
      if (newest?.textContent.includes(text) !== true) return;
      const state = states.indexOf(newest.querySelector('svg[role="img"]')?.getAttribute('aria-label') ?? '');
      // A state that came and went between two looks was reached at the latest with the one after it.
      for (let index = 0; index <= state; index += 1) reached[index] ??= now();
      const [stored, atRelay, onDevice] = reached;
      if (stored === undefined || atRelay === undefined || onDevice === undefined) return;
      observer.disconnect();
      resolve({ pressed, stored, atRelay, onDevice });
    });
    observer.observe(log, { subtree: true, childList: true, attributes: true, characterData: true });
  });
};

/** In the other one's page: begins to watch for `text`. */
const watchReceiver = (text: string): void => {
  const log = document.querySelector('[role="log"]');
  if (log === null) throw new Error('no conversation is open');
  (globalThis as Watched<number>).times = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if ([...log.querySelectorAll('article')].at(-1)?.textContent.includes(text) !== true) return;
      observer.disconnect();
      resolve(performance.timeOrigin + performance.now());
    });
    observer.observe(log, { subtree: true, childList: true, characterData: true });
  });
};

const watchedTimes = async <T>(page: Page): Promise<T> => {
  const times = await page.evaluate(() => (globalThis as Watched<unknown>).times);
  return times as T;
};

const sendOne = async (sender: Person, receiver: Person, text: string): Promise<Times> => {
  await sender.composer().fill(text);
  await sender.page.evaluate(watchSender, text);
  await receiver.page.evaluate(watchReceiver, text);
  await sender.page.keyboard.press('Enter');
  const shown = await watchedTimes<number>(receiver.page);
  return { ...(await watchedTimes<SenderTimes>(sender.page)), shown };
};

const meet = async (browser: Browser, url: string): Promise<readonly [Person, Person]> => {
  const person = async (account: NewAccount): Promise<Person> => {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(SLOW_MS);
    const someone = createPerson(page, url);
    await someone.createAccount(account);
    return someone;
  };
  const sender = await person({ name: 'Ines Duarte' });
  const receiver = await person({ name: 'Noor Haddad', handle: 'noor' });
  await sender.addByHandle('noor');
  await sender.send('Is the kettle with you?');
  await receiver.acceptRequest();
  const first = sender.message('Is the kettle with you?');
  await expect(first).toHaveAccessibleName(/On their device/, { timeout: SLOW_MS });
  await expect(receiver.message('Is the kettle with you?')).toBeVisible();
  return [sender, receiver];
};

export async function* measureDelivery(browser: Browser, url: string, count: number): AsyncIterable<BenchLine> {
  const [sender, receiver] = await meet(browser, url);
  const all: Times[] = [];
  for (let index = -WARM_UP; index < count; index += 1) {
    const times = await sendOne(sender, receiver, `The kettle boils for the ${index + WARM_UP + 1}. time.`);
    if (index >= 0) all.push(times);
  }
  for (const { page } of [sender, receiver]) await page.context().close();

  const line = (name: string, unit: string, value: number): BenchLine => ({
    name: `app: send pressed -> ${name}`,
    value: rounded(value),
    unit,
    better: 'lower',
  });
  const whole = median(all.map(({ pressed, onDevice }) => onDevice - pressed));
  const stages = [
    { name: 'stored', from: 'pressed', to: 'stored' },
    { name: 'at the relay', from: 'stored', to: 'atRelay' },
    { name: 'shown on the other device', from: 'atRelay', to: 'shown' },
    { name: 'receipt shown', from: 'shown', to: 'onDevice' },
  ] as const;
  for (const { name, from, to } of stages) {
    const sincePress = all.map((times) => times[to] - times.pressed);
    yield line(`${name}, p50 of ${all.length}`, 'ms', median(sincePress));
    yield line(`${name}, p95 of ${all.length}`, 'ms', quantile(sincePress, 0.95));
    const stage = median(all.map((times) => times[to] - times[from]));
    yield line(`${name}, share of this last stage in the whole way`, '%', (100 * stage) / whole);
  }
}
