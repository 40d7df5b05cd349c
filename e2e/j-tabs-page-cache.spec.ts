import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';
import { findBrowser } from './support/browsers.ts';
import { openAnotherWindow, untilStandingBy } from './support/hand-over.ts';
import { createPerson } from './support/person.ts';
import { expect, test } from './support/relay.ts';

/** Playwright switches the page cache off, and cannot speak to a page that has been in it: such a page speaks for itself. */
const launchWithPageCache = (): Promise<Browser> =>
  chromium.launch({ ...findBrowser('chromium'), ignoreDefaultArgs: ['--disable-back-forward-cache'] });

// A trace asks every page how it looks. One that is asked while it is in the cache is thrown out of it.
test.use({ trace: 'off' });

/** A page of somebody else, which people leave by the Back button: when the answer comes that its script waits for. */
const startElsewhere = async () => {
  let arrive: (goBack: () => void) => void;
  const arrived = new Promise<() => void>((resolve) => (arrive = resolve));
  const server = createServer(({ url }, answer) => {
    if (url === '/stay') return arrive(() => void answer.end());
    answer.setHeader('content-type', 'text/html');
    return answer.end(`<title>elsewhere</title><script>fetch('/stay').then(() => history.back())</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, arrived, server };
};

/** From now on, once the page has come back out of the cache, its title says what is on it. */
const speakForItself = (page: Page): Promise<void> =>
  page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => {
      if (!persisted) return;
      setInterval(() => {
        const asks = document.querySelector('input[type=password]') === null ? 'no password' : 'a password';
        document.title = `back, asks for ${asks}: ${document.body.innerText.replaceAll('\n', ' ')}`;
      }, 100);
    });
  });

const leave = (page: Page, url: string): Promise<unknown> =>
  page.evaluate((address) => setTimeout(() => (location.href = address)), url);

const titles = async (devtools: CDPSession): Promise<readonly string[]> => {
  const { targetInfos } = await devtools.send('Target.getTargets');
  return targetInfos.filter(({ type }) => type === 'page').map(({ title }) => title);
};

const setUp = async (relayUrl: string) => {
  const browser = await launchWithPageCache();
  const elsewhere = await startElsewhere();
  const devtools = await browser.newBrowserCDPSession();
  const context = await browser.newContext();
  const ines = createPerson(await context.newPage(), relayUrl);
  await ines.createAccount({ name: 'Ines Duarte', showNameWhenLocked: true });
  await speakForItself(ines.page);
  const said = () => titles(devtools);
  return {
    context,
    ines,
    said,
    /** Answers when the other page is there, with what presses the Back button. */
    leaves: async () => {
      await leave(ines.page, elsewhere.url);
      const goBack = await elsewhere.arrived;
      await expect.poll(said).toContain('elsewhere');
      return goBack;
    },
    end: async () => {
      elsewhere.server.close();
      await browser.close();
    },
  };
};

test('J-tabs: the only window goes into the real page cache: it comes back locked', async ({ relay }) => {
  const { said, leaves, end } = await setUp(relay.url);
  const goBack = await leaves();
  goBack();
  await expect.poll(said).toContainEqual(expect.stringMatching(/^back, asks for a password: .*Ines Duarte/));
  await end();
});

test('J-tabs: the leading window goes into the real page cache: another takes over, and nobody is asked for a password', async ({
  relay,
}) => {
  const { context, said, leaves, end } = await setUp(relay.url);
  const second = createPerson(await openAnotherWindow(context, relay.url), relay.url);
  await untilStandingBy(second.page, 1);
  const goBack = await leaves();
  // It answers, so it leads: the first one holds nothing in the cache.
  await second.page.getByRole('link', { name: 'New chat' }).first().click();
  await second.page.getByRole('button', { name: 'Create invite link' }).click();
  await expect(second.page.getByLabel('Invite link', { exact: true })).toHaveValue(/#/);
  goBack();
  await expect.poll(said).toContainEqual(expect.stringMatching(/^back, asks for no password: .*Chats/));
  expect(await second.page.getByLabel('Password', { exact: true }).count()).toBe(0);
  await end();
});
