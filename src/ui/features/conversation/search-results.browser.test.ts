import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFakeCore, someAccounts } from '../../testing/fake-core.ts';
import { mountWorkspace } from '../../testing/mount-workspace.ts';

/** What is found everywhere, as people meet it: the whole app over a fake core, in a real browser. */
const { vaultId } = someAccounts[0]!;
let root: HTMLElement;

const until = (isSo: () => unknown) => vi.waitUntil(isSo, { timeout: 20_000 });
const hits = () => [...root.querySelectorAll<HTMLElement>('.hit')].map((row) => row.textContent);
const press = (name: string) =>
  [...root.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent.trim() === name)!.click();

const ask = (query: string) => {
  const field = root.querySelector('input')!;
  field.value = query;
  field.dispatchEvent(new Event('input', { bubbles: true }));
};

beforeEach(async () => {
  root = await mountWorkspace(createFakeCore({ openAccount: vaultId }), vaultId);
  await until(() => root.querySelector('input'));
  ask('rope');
  await until(() => hits().length > 0);
});
afterEach(() => {
  document.body.replaceChildren();
});

it('goes on after the last hit, and once only where more is asked for twice', async () => {
  expect(hits().length).toBe(30);
  press('More results');
  press('More results');
  await until(() => hits().length > 30);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(hits().length).toBe(60);
});

it('lists the best instead of the newest first, and back', async () => {
  const newest = hits();
  press('Best match');
  await until(() => hits()[0] !== newest[0]);
  expect(hits().length).toBe(30);
  press('Newest');
  await until(() => hits()[0] === newest[0]);
  expect(hits()).toEqual(newest);
});

it('says where the best end, so that nobody takes an older message for missing', async () => {
  const ofRope = hits();
  ask('e');
  await until(() => hits()[0] !== ofRope[0]);
  const newest = hits();
  press('Best match');
  await until(() => hits()[0] !== newest[0]);
  const more = () => [...root.querySelectorAll('button')].some((one) => one.textContent.trim() === 'More results');
  const end = () => root.querySelector('.end')?.textContent.trim();
  while (more()) {
    expect(end()).toBe(undefined);
    const before = hits().length;
    press('More results');
    await until(() => hits().length > before || !more());
  }
  expect(hits().length).toBe(2_000);
  expect(end()).toBe('These are the newest 2,000 messages found, best match first. Older ones are under “Newest”.');
  press('Newest');
  await until(() => more());
  expect(end()).toBe(undefined);
});
