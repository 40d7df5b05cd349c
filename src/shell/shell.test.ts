import { beforeEach, describe, expect, it } from 'vitest';
import { createReleaseStore } from './release-store.ts';
import { createShell, type Shell } from './shell.ts';
import { createFakeCaches } from './testing/fake-caches.ts';
import { createFakeServer, releaseOf, SCOPE, type FakeServer } from './testing/fake-server.ts';

describe('the service worker', () => {
  let server: FakeServer;
  let shell: Shell;
  let told: unknown[];

  beforeEach(() => {
    server = createFakeServer({ 'index.html': 'page one', 'assets/app.js': 'app' });
    told = [];
    shell = createShell({
      releases: createReleaseStore({ fetch: server.fetch, scope: SCOPE }, createFakeCaches()),
      scope: SCOPE,
      fetch: async ({ url }) => new Response(`network: ${url}`),
      skipWaiting: async () => void told.push('skip waiting'),
      claimPages: async () => void told.push('claim pages'),
      tellPages: async (message) => void told.push(message),
    });
  });

  const request = (path: string, init: { method?: string; mode?: string } = {}): Request =>
    ({ method: 'GET', mode: 'cors', url: SCOPE + path, ...init }) as Request;
  const answerTo = async (path: string, init?: { method?: string; mode?: string }) => {
    const response = await shell.answer(request(path, init));
    return response && { status: response.status, text: await response.text() };
  };
  const offer = (text: string): void => {
    server.texts['index.html'] = text;
    server.release = releaseOf(server.texts);
  };

  it('is not installed without a whole release', async () => {
    delete server.texts['assets/app.js'];
    await expect(shell.install()).rejects.toThrow('not-fetched');
  });

  it('answers every navigation with the page, and files from the release', async () => {
    await shell.install();
    await shell.activate();
    expect(told).toEqual([{ type: 'RELEASE_SWITCHED' }, 'claim pages']);
    expect(await answerTo('', { mode: 'navigate' })).toEqual({ status: 200, text: 'page one' });
    expect(await answerTo('chat/1234?a=b', { mode: 'navigate' })).toEqual({ status: 200, text: 'page one' });
    expect(await answerTo('')).toEqual({ status: 200, text: 'page one' });
    expect(await answerTo('assets/app.js?v=1')).toEqual({ status: 200, text: 'app' });
    expect(await answerTo('assets/evil.js')).toMatchObject({ status: 404 });
  });

  it('never touches the relay, other servers, or the list of files', async () => {
    await shell.install();
    await shell.activate();
    expect(shell.answer(request('v1/fetch', { method: 'POST' }))).toBeUndefined();
    expect(shell.answer(request('v1/hello'))).toBeUndefined();
    expect(shell.answer(request('release.json'))).toBeUndefined();
    expect(shell.answer({ ...request(''), url: 'https://other.test/x.js' })).toBeUndefined();
  });

  it('leaves everything to the network while it has no release', async () => {
    expect(await answerTo('index.html')).toEqual({ status: 200, text: `network: ${SCOPE}index.html` });
  });

  it('brings an update in when asked, and serves it when asked again', async () => {
    await shell.install();
    await shell.activate();
    expect(await shell.hear({ type: 'CHECK_RELEASE' })).toBe('current');
    offer('page two');
    expect(await shell.hear({ type: 'CHECK_RELEASE' })).toBe('waiting');
    expect(await answerTo('', { mode: 'navigate' })).toMatchObject({ text: 'page one' });
    told.length = 0;
    expect(await shell.hear({ type: 'SWITCH_RELEASE' })).toBe(true);
    expect(told).toEqual([{ type: 'RELEASE_SWITCHED' }]);
    expect(await answerTo('', { mode: 'navigate' })).toMatchObject({ text: 'page two' });
  });

  it('says so when an update cannot be brought in', async () => {
    await shell.install();
    await shell.activate();
    server.isDown = true;
    expect(await shell.hear({ type: 'CHECK_RELEASE' })).toBe('failed');
  });

  it('fills an empty cache without asking anybody', async () => {
    expect(await shell.hear({ type: 'CHECK_RELEASE' })).toBe('current');
    expect(await answerTo('index.html')).toMatchObject({ text: 'page one' });
  });

  it('takes over from an older service worker only when told', async () => {
    expect(await shell.hear({ type: 'SKIP_WAITING' })).toBe(true);
    expect(told).toEqual(['skip waiting']);
    expect(await shell.hear('anything else')).toBe(false);
    expect(await shell.hear(null)).toBe(false);
  });
});
