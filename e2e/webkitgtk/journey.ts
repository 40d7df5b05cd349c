/**
 * One browser of WebKitGTK, which has no sync access handles: two people in it talk, the browser ends, starts again on
 * the same profile, and the history is there. Run by `npm run test:webkit`, under a display and a session bus.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelayProcess } from '../../relay/testing/relay-process.ts';
import { freePort } from '../../scripts/lib/ports.ts';
import { openSession, startWebDriver, type WebDriverSession } from './webdriver.ts';

const PASSWORD = 'four quiet herons wade';
const ENTER = '\uE007';
const SHELL = new URL('shell.py', import.meta.url).pathname;
const DIST = process.env.SOTTO_DIST ?? new URL('../../dist', import.meta.url).pathname;

const say = (line: string): void => console.log(`webkitgtk: ${line}`);
const field = (label: string): string => `//*[@id=//label[starts-with(normalize-space(), "${label}")]/@for]`;
const button = (name: string): string => `//button[normalize-space()="${name}"]`;
const link = (name: string): string =>
  `//a[contains(normalize-space(), "${name}") or contains(@aria-label, "${name}")]`;
const heading = (text: string): string => `//*[self::h1 or self::h2][normalize-space()="${text}"]`;
const message = (text: string): string => `//*[@role="log"]//article[contains(., "${text}")]`;
const COMPOSER =
  '//*[@id=//label[starts-with(normalize-space(), "Message to")]/@for] | //textarea[starts-with(@aria-label, "Message to")]';

/** What this engine has; the journey is only worth its name where there are no access handles. */
const OFFERED = `return typeof FileSystemFileHandle !== 'undefined' && 'createSyncAccessHandle' in FileSystemFileHandle.prototype`;

const createAccount = async (browser: WebDriverSession, url: string, name: string, handle: string): Promise<void> => {
  await browser.goto(url);
  await (await browser.find(`${link('Create an account')} | ${link('Create another account')}`)).click();
  await (await browser.find(field('Your name'))).type(name);
  await (await browser.find(field('Password'))).type(PASSWORD);
  await (await browser.find(field('Password, once more'))).type(PASSWORD);
  await (await browser.find(field('Handle'))).type(handle);
  await (await browser.find('//label[contains(., "Show my name when locked")]')).click();
  await (await browser.find(button('Create account'))).click();
  await browser.find(heading('Chats'), 90_000);
};

const unlock = async (browser: WebDriverSession, url: string, name: string): Promise<void> => {
  await browser.goto(url);
  await (await browser.find(link(name))).click();
  await (await browser.find(field('Password'))).type(PASSWORD);
  await (await browser.find(button('Unlock'))).click();
  await browser.find(heading('Chats'), 90_000);
};

/** An account is there before the relay has heard of it: asks until it has. */
const findHandle = async (browser: WebDriverSession, handle: string, answer: string): Promise<void> => {
  await (await browser.find(link('New chat'))).click();
  await (await browser.find(field('Handle'))).type(handle);
  for (let attempt = 0; attempt < 20 && (await browser.count(answer)) === 0; attempt += 1) {
    await (await browser.find(button('Find'))).click();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  await browser.find(answer);
};

const addByHandle = async (browser: WebDriverSession, handle: string): Promise<void> => {
  await findHandle(browser, handle, button('Start chat'));
  await (await browser.find(button('Start chat'))).click();
};

const send = async (browser: WebDriverSession, text: string): Promise<void> => {
  await (await browser.find(COMPOSER)).type(text + ENTER);
  await browser.find(message(text));
};

const directory = await mkdtemp(join(tmpdir(), 'sotto-webkit-'));
const relay = await startRelayProcess({ dataDir: join(directory, 'relay'), distDir: DIST });
const driver = await startWebDriver(await freePort(4_570), { WEBKIT_PROFILE: join(directory, 'profile') });
let browser: WebDriverSession | undefined;
try {
  browser = await openSession(driver.url, SHELL);
  await browser.goto(relay.url);
  assert.equal(await browser.evaluate(OFFERED), false, 'this engine has access handles: it tests something else');
  say(`${browser.browser}, without access handles`);

  await createAccount(browser, relay.url, 'Ines Duarte', 'ines');
  await findHandle(browser, 'ines', '//*[normalize-space()="That is you."]');
  await createAccount(browser, relay.url, 'Noor Haddad', 'noor');
  say('two accounts are made');
  await addByHandle(browser, 'ines');
  await send(browser, 'Is the kettle with you?');
  await browser.find(`${message('Is the kettle')}[contains(@aria-label, "At the relay")]`);
  say('a message is at the relay');
  await browser.end();

  browser = await openSession(driver.url, SHELL);
  await unlock(browser, relay.url, 'Noor Haddad');
  await (await browser.find(link('ines'))).click();
  await browser.find(message('Is the kettle with you?'));
  say('the browser was started again: the history is there');

  await unlock(browser, relay.url, 'Ines Duarte');
  await (await browser.find(link('Requests'))).click();
  await (await browser.find(button('Accept'))).click();
  await browser.find(message('Is the kettle with you?'));
  await send(browser, 'It is. I bring it up.');
  await browser.find(`${message('It is. I bring it up.')}[contains(@aria-label, "At the relay")]`);
  say('the other account in the same browser has read it and answered: passed');
} finally {
  await browser?.end();
  await driver.stop();
  await relay.stop();
  await rm(directory, { recursive: true, force: true });
}
