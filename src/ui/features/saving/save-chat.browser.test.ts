import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CoreCallError } from '../../../rpc/core-call-error.ts';
import { createFakeCore, someAccounts, type FakeCore } from '../../testing/fake-core.ts';
import { mountWorkspace } from '../../testing/mount-workspace.ts';

/** Saving a chat as people meet it: the whole app over a fake core, in a real browser. */
const { vaultId } = someAccounts[0]!;
let core: FakeCore;
let root: HTMLElement;
/** What each further page of the chat waits for. */
let answer: () => Promise<void>;
let files: string[];

const until = (isSo: () => unknown) => vi.waitUntil(isSo, { timeout: 20_000 });
const buttonNamed = (name: string) =>
  [...root.querySelectorAll<HTMLElement>('button')].find((one) => one.textContent.trim() === name);
const press = async (name: string) => {
  await until(() => buttonNamed(name));
  buttonNamed(name)!.click();
};
const isDialogOpen = () => root.querySelector('dialog[open]') !== null;
const says = (text: string) => root.textContent.includes(text);

beforeEach(async () => {
  core = createFakeCore({ openAccount: vaultId });
  answer = async () => undefined;
  let isSaving = false;
  const api: FakeCore['api'] = {
    ...core.api,
    async messages(query) {
      // Only saving asks for so many.
      isSaving = query.limit === 200;
      if (isSaving) await answer();
      return core.api.messages(query);
    },
  };
  files = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    files.push(this.download);
  });
  root = await mountWorkspace({ ...core, api }, vaultId);
  const chat = () =>
    [...root.querySelectorAll<HTMLElement>('.pane a[data-row]')].find((row) => row.textContent.includes('Amara'));
  await until(chat);
  chat()!.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  await press('Save this chat as a file');
  await until(isDialogOpen);
});
afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

describe('saving a chat', () => {
  it('gives one file to the browser, also when it is pressed twice, and says which', async () => {
    buttonNamed('Save')!.click();
    buttonNamed('Save')!.click();
    await until(() => !isDialogOpen());
    await until(() => says('Handed to your browser'));
    expect(files).toEqual([expect.stringMatching(/^Sotto Amara Mensah \d{4}-\d\d-\d\d\.html$/)]);
  });

  it('that is cancelled gives none, and can be begun again', async () => {
    let goOn = (): void => undefined;
    answer = () => new Promise((resolve) => (goOn = resolve));
    await press('Save');
    await until(() => says('0 messages read'));
    await press('Cancel');
    await until(() => !isDialogOpen());
    goOn();
    answer = async () => undefined;
    await press('Save this chat as a file');
    await press('Save');
    await until(() => files.length > 0);
    await until(() => !isDialogOpen());
    expect(files.length).toBe(1);
  });

  it('while the account is locked ends without a word: the unlock screen stands there', async () => {
    let fail = (_: unknown): void => undefined;
    answer = () => new Promise((_, reject) => (fail = reject));
    await press('Save');
    await until(() => says('0 messages read'));
    fail(new CoreCallError('ended', 'messages'));
    core.emit({ type: 'locked', vaultId });
    await until(() => says('Welcome back'));
    expect(says('stumbled')).toBe(false);
    expect(says('That did not work')).toBe(false);
    expect(files).toEqual([]);
  });

  it('that fails says so above the dialog, and can be tried again', async () => {
    answer = () => Promise.reject(new CoreCallError('timed-out', 'messages'));
    await press('Save');
    await until(() => says('That did not work'));
    expect(isDialogOpen()).toBe(true);
    answer = async () => undefined;
    await press('Save');
    await until(() => !isDialogOpen());
    expect(files.length).toBe(1);
    expect(says('stumbled')).toBe(false);
  });
});

describe('a call of a button that has no answer', () => {
  it.each([
    ['ended', false],
    ['failed', true],
  ] as const)('because it has %s leaves the page as it is', async (reason, isTold) => {
    await press('Cancel');
    const createInvite = vi
      .spyOn(core.api, 'createInvite')
      .mockRejectedValue(new CoreCallError(reason, 'createInvite'));
    history.replaceState(null, '', `#/a/${vaultId}/new`);
    dispatchEvent(new PopStateEvent('popstate'));
    await press('Create invite link');
    await until(() => createInvite.mock.calls.length > 0);
    if (isTold) await until(() => says('That did not work'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(says('That did not work')).toBe(isTold);
    expect(says('stumbled')).toBe(false);
  });
});
