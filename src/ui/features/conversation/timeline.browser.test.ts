import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { ConversationId, MessageId } from '../../../domain/ids.ts';
import { createFakeCore, someAccounts, type FakeCore } from '../../testing/fake-core.ts';
import { mountWorkspace } from '../../testing/mount-workspace.ts';

/** The timeline as people meet it: the whole app over a fake core with 10,000 messages, in a real browser. */
const { vaultId } = someAccounts[0]!;
let core: FakeCore;
let root: HTMLElement;
let reads = 0;

const until = (isSo: () => unknown) => vi.waitUntil(isSo, { timeout: 20_000 });
const frame = () => new Promise(requestAnimationFrame);
/** Long enough for every load that a scroll asked for, and for the observers after it. */
const rest = async (frames = 8) => {
  for (let count = 0; count < frames; count += 1) await frame();
};
const scroller = () => root.querySelector<HTMLElement>('[role="log"]')!.parentElement!;
const rows = () => [...root.querySelectorAll<HTMLElement>('article[data-key]')];
const topOf = (row: HTMLElement) => row.getBoundingClientRect().top;
const visibleRow = () => {
  const { top } = scroller().getBoundingClientRect();
  return rows().find((row) => topOf(row) > top + 100)!;
};
const scrollBy = async (px: number) => {
  scroller().scrollBy({ top: px, behavior: 'instant' });
  await rest();
};
const listItem = (title: string) =>
  [...root.querySelectorAll<HTMLElement>('.pane a[data-row]')].find((row) => row.textContent.includes(title));

const openChat = async (title: string): Promise<ConversationId> => {
  await until(() => listItem(title));
  listItem(title)!.click();
  await until(() => root.querySelector('main h1')?.textContent.includes(title) === true && rows().length > 0);
  await rest();
  return core.conversationTitled(title);
};

beforeEach(async () => {
  core = createFakeCore({ openAccount: vaultId });
  reads = 0;
  const api = new Proxy(core.api, {
    get: (target, method: keyof FakeCore['api']) => {
      if (method === 'messages') reads += 1;
      return target[method];
    },
  });
  root = await mountWorkspace({ ...core, api }, vaultId);
});
afterEach(() => {
  document.body.replaceChildren();
});

describe('opening a conversation', () => {
  it('shows the newest message when everything was read', async () => {
    await openChat('Amara Mensah');
    expect(scroller().scrollTop).toBe(0);
    const last = rows().at(-1)!.getBoundingClientRect();
    expect(last.bottom).toBeLessThanOrEqual(scroller().getBoundingClientRect().bottom);
  });

  it('shows where the unread ones begin', async () => {
    const conversationId = await openChat('Dmitri Volkov');
    await openChat('Amara Mensah');
    for (let count = 0; count < 60; count += 1) core.receive(conversationId, `new ${count}`);
    await openChat('Dmitri Volkov');
    const rule = [...root.querySelectorAll('p')].find((line) => line.textContent.trim() === '60 unread')!;
    const box = scroller().getBoundingClientRect();
    const { top } = rule.getBoundingClientRect();
    expect(top).toBeGreaterThan(box.top);
    expect(top).toBeLessThan(box.top + box.height / 2);
    // What already stands on the screen below the rule counts as read.
    const waiting = Number(root.querySelector('.down')?.textContent);
    expect(waiting).toBeGreaterThan(30);
    expect(waiting).toBeLessThan(60);
  });
});

describe('reading upwards through 10,000 messages', () => {
  it('never moves what is being read while older messages come in, and keeps few rows', async () => {
    await openChat('Noor Haddad');
    let jumps = 0;
    for (let step = 0; step < 40; step += 1) {
      const row = visibleRow();
      const before = topOf(row);
      scroller().scrollBy({ top: -700, behavior: 'instant' });
      await rest(4);
      if (row.isConnected && Math.abs(topOf(row) - before - 700) > 1) jumps += 1;
    }
    expect(jumps).toBe(0);
    expect(rows().length).toBeLessThanOrEqual(240);
    expect(rows().length).toBeGreaterThan(200);
  });

  it('comes to rest on a screen so high that the window of rows hardly covers it', async () => {
    await page.viewport(1280, 3_400);
    const conversationId = await openChat('Noor Haddad');
    for (const message of core.world().conversations.get(conversationId)!.messages)
      Object.assign(message, { body: { kind: 'text', text: 'ok' } });
    for (let step = 0; step < 12; step += 1) await scrollBy(-3_000);
    await rest(30);
    const before = reads;
    await rest(60);
    expect(reads).toBe(before);
  });

  it('comes back down through what it had dropped, to the very newest', async () => {
    await openChat('Noor Haddad');
    for (let step = 0; step < 20; step += 1) await scrollBy(-1_500);
    const newest = core.world().conversations.get(core.conversationTitled('Noor Haddad'))!.messages.at(-1)!;
    expect(root.querySelector(`[data-key="${newest.messageId}"]`)).toBeNull();
    root.querySelector<HTMLElement>('.down')!.click();
    await until(() => root.querySelector(`[data-key="${newest.messageId}"]`) !== null);
    await rest();
    expect(scroller().scrollTop).toBe(0);
  });
});

describe('while messages come in', () => {
  it('stays at the newest when the reader is there', async () => {
    const conversationId = await openChat('Amara Mensah');
    for (let count = 0; count < 20; count += 1) {
      const { messageId } = core.receive(conversationId, `line ${count}\nand another`);
      await rest(2);
      expect(scroller().scrollTop).toBe(0);
      expect(rows().at(-1)!.dataset.key).toBe(messageId);
    }
  });

  it('stays put when the reader is further up, and counts what waits below', async () => {
    const conversationId = await openChat('Amara Mensah');
    await scrollBy(-900);
    const row = visibleRow();
    const before = topOf(row);
    for (let count = 0; count < 7; count += 1) core.receive(conversationId, 'more\n'.repeat(count + 1));
    await rest();
    expect(Math.abs(topOf(row) - before)).toBeLessThan(1);
    expect(root.querySelector('.down')?.textContent.trim()).toBe('7');
  });

  it('stays put when a message above grows or disappears', async () => {
    const conversationId = await openChat('Amara Mensah');
    await scrollBy(-900);
    const row = visibleRow();
    const before = topOf(row);
    const { messages } = core.world().conversations.get(conversationId)!;
    const above = messages.findIndex(({ messageId }) => messageId === row.dataset.key) - 12;
    const grown = { ...messages[above]!, body: { kind: 'text', text: 'much longer\n'.repeat(9) } as const };
    const deleted: MessageId[] = [messages[above - 1]!.messageId, messages[above - 2]!.messageId];
    core.emit({ type: 'messages', conversationId, changed: [grown], deleted });
    await rest();
    expect(Math.abs(topOf(row) - before)).toBeLessThan(1);
  });
});

describe('going to a place', () => {
  it('finds a message thousands back and puts it in the middle', async () => {
    const conversationId = await openChat('Noor Haddad');
    const wanted = core.world().conversations.get(conversationId)!.messages[4_321]!;
    const snippet = 'unlike anything else here';
    Object.assign(wanted, { body: { kind: 'text', text: snippet } });
    root.querySelector<HTMLElement>('main [aria-label="Search in this chat"]')!.click();
    await frame();
    const field = root.querySelector<HTMLInputElement>('main input')!;
    field.value = snippet;
    field.dispatchEvent(new Event('input'));
    await until(() => root.querySelector(`[data-key="${wanted.messageId}"]`) !== null);
    await rest();
    const box = scroller().getBoundingClientRect();
    const row = root.querySelector(`[data-key="${wanted.messageId}"]`)!.getBoundingClientRect();
    expect(Math.abs((row.top + row.bottom) / 2 - (box.top + box.bottom) / 2)).toBeLessThan(3);
  });

  it('comes back to where the reader left', async () => {
    await openChat('Noor Haddad');
    await scrollBy(-2_345);
    const key = visibleRow().dataset.key;
    const before = topOf(visibleRow());
    await openChat('Amara Mensah');
    await openChat('Noor Haddad');
    expect(Math.abs(topOf(root.querySelector<HTMLElement>(`[data-key="${key}"]`)!) - before)).toBeLessThan(1);
  });
});

describe('sending', () => {
  it('shows the message at once and keeps its very element as it travels', async () => {
    await openChat('Amara Mensah');
    const field = root.querySelector<HTMLTextAreaElement>('main textarea')!;
    field.value = 'on its way';
    field.dispatchEvent(new Event('input'));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    await frame();
    const row = rows().at(-1)!;
    expect(row.textContent).toContain('on its way');
    expect(field.value).toBe('');
    await until(() => row.getAttribute('aria-label')?.includes('On their device') === true);
    expect(rows().at(-1)).toBe(row);
  });

  it('leaves the Enter that ends a composition to the input method', async () => {
    await openChat('Amara Mensah');
    const count = rows().length;
    const field = root.querySelector<HTMLTextAreaElement>('main textarea')!;
    field.value = '駅';
    field.dispatchEvent(new Event('input'));
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true }));
    await rest();
    expect(field.value).toBe('駅');
    expect(rows()).toHaveLength(count);
  });
});
