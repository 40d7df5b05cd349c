import { beforeEach, describe, expect, it } from 'vitest';
import { createReleaseStore, type ReleaseStore } from './release-store.ts';
import { createFakeCaches } from './testing/fake-caches.ts';
import { createFakeServer, releaseOf, releaseWith, SCOPE, type FakeServer } from './testing/fake-server.ts';

const first = { 'assets/app-1.js': 'app one', 'index.html': 'page one' };
const second = { 'assets/app-2.js': 'app two', 'index.html': 'page two' };

describe('releases in the browser', () => {
  let server: FakeServer;
  let caches: CacheStorage;
  let store: ReleaseStore;

  const served = async (path: string): Promise<string | undefined> => {
    const response = await store.serve(path);
    return response instanceof Response ? response.text() : response;
  };
  const offer = (texts: Record<string, string>): void => {
    server.texts = { ...texts };
    server.release = releaseOf(texts);
  };
  const restart = (): void => {
    store = createReleaseStore({ fetch: server.fetch, scope: SCOPE }, caches);
  };

  beforeEach(() => {
    server = createFakeServer({ ...first });
    caches = createFakeCaches();
    restart();
  });

  const installFirst = async (): Promise<void> => {
    expect(await store.stage()).toEqual({ ok: true, value: 'staged' });
    expect(await store.switchToStaged()).toBe(true);
  };

  it('serves nothing before a release was switched to', async () => {
    await store.stage();
    expect(await store.serve('index.html')).toBe('no-release');
    expect(await store.hasActive()).toBe(false);
  });

  it('serves the release offline, and nothing besides', async () => {
    await installFirst();
    server.isDown = true;
    restart();
    expect(await served('index.html')).toBe('page one');
    expect(await served('assets/app-1.js')).toBe('app one');
    expect(await served('assets/evil.js')).toBeUndefined();
  });

  it('keeps the security headers of what it serves', async () => {
    await installFirst();
    const response = (await store.serve('index.html')) as Response;
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(response.headers.get('content-encoding')).toBeNull();
  });

  it('changes nothing until it is asked to switch, then everything at once', async () => {
    await installFirst();
    offer(second);
    expect(await store.stage()).toEqual({ ok: true, value: 'staged' });
    expect(await served('index.html')).toBe('page one');
    expect(await served('assets/app-2.js')).toBeUndefined();
    expect(await store.switchToStaged()).toBe(true);
    expect(await served('index.html')).toBe('page two');
    expect(await store.switchToStaged()).toBe(false);
  });

  it('still serves a window of the release before, and forgets the one before that', async () => {
    await installFirst();
    offer(second);
    await store.stage();
    await store.switchToStaged();
    expect(await served('assets/app-1.js')).toBe('app one');
    offer({ 'assets/app-3.js': 'app three', 'index.html': 'page three' });
    await store.stage();
    await store.switchToStaged();
    expect(await served('assets/app-1.js')).toBeUndefined();
    expect(await served('assets/app-2.js')).toBe('app two');
    expect((await caches.keys()).filter((name) => name.startsWith('release-')).length).toBe(2);
  });

  describe.each<[string, (server: FakeServer) => void, object]>([
    ['a file is not what the release says', (it) => (it.texts['assets/app-2.js'] = 'app 2!!'), { tag: 'changed' }],
    [
      'one file of many is not what the release says',
      (it) => {
        const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`assets/${index}.js`, 'app']));
        it.release = releaseOf({ ...many, ...second });
        it.texts = { ...many, ...second, 'index.html': 'page 2!!' };
      },
      { tag: 'changed', path: 'index.html' },
    ],
    [
      'the release lies about a length',
      (it) => {
        const { files } = releaseOf(second);
        it.release = releaseWith(files.map((file) => ({ ...file, bytes: file.bytes + 1 })));
      },
      { tag: 'changed' },
    ],
    ['a file is missing', (it) => delete it.texts['assets/app-2.js'], { tag: 'not-fetched' }],
    [
      'a hash was changed together with its file',
      (it) => {
        const release = it.release as ReturnType<typeof releaseOf>;
        it.texts['assets/app-2.js'] = 'evil';
        it.release = { ...release, files: releaseOf(it.texts).files };
      },
      { tag: 'malformed-release' },
    ],
    ['the manifest is a page', (it) => (it.release = '<html>'), { tag: 'malformed-release' }],
    ['the server is down', (it) => (it.isDown = true), { tag: 'not-fetched' }],
  ])('when %s', (_, harm, error) => {
    it('keeps the old release and nothing of the new one', async () => {
      await installFirst();
      offer(second);
      harm(server);
      expect(await store.stage()).toMatchObject({ ok: false, error });
      expect(await store.switchToStaged()).toBe(false);
      expect(await served('index.html')).toBe('page one');
      expect(await served('assets/app-2.js')).toBeUndefined();
      expect((await caches.keys()).filter((name) => name.startsWith('release-')).length).toBe(1);
    });
  });

  it('does not take a release for whole that was interrupted', async () => {
    await installFirst();
    offer(second);
    const { id } = releaseOf(second);
    const half = await caches.open(`release-${id}`);
    await half.put(`${SCOPE}index.html`, new Response('page two'));
    server.isDown = true;
    expect(await store.stage()).toMatchObject({ ok: false });
    server.isDown = false;
    expect(await store.stage()).toEqual({ ok: true, value: 'staged' });
    await store.switchToStaged();
    expect(await served('assets/app-2.js')).toBe('app two');
  });

  it('asks the server once for what is here already', async () => {
    await installFirst();
    server.asked.length = 0;
    expect(await store.stage()).toEqual({ ok: true, value: 'current' });
    expect(server.asked).toEqual(['release.json']);
  });

  it('stages once when two windows ask', async () => {
    const [one, two] = await Promise.all([store.stage(), store.stage()]);
    expect(one).toEqual(two);
    expect(server.asked.filter((path) => path === 'index.html').length).toBe(1);
  });

  it('does not switch to a release that the server took back', async () => {
    await installFirst();
    offer(second);
    await store.stage();
    offer(first);
    expect(await store.stage()).toEqual({ ok: true, value: 'current' });
    expect(await store.switchToStaged()).toBe(false);
  });

  it('brings a release in again that the browser removed', async () => {
    await installFirst();
    await caches.delete(`release-${releaseOf(first).id}`);
    restart();
    expect(await store.serve('index.html')).toBe('no-release');
    expect(await store.stage()).toEqual({ ok: true, value: 'current' });
    expect(await served('index.html')).toBe('page one');
  });

  it('checks a single lost file before it serves it', async () => {
    await installFirst();
    const cache = await caches.open(`release-${releaseOf(first).id}`);
    await cache.delete(`${SCOPE}assets/app-1.js`);
    expect(await served('assets/app-1.js')).toBe('app one');
    server.texts['assets/app-1.js'] = 'app 1!!';
    expect((await store.serve('assets/app-1.js')) as Response).toMatchObject({ type: 'error' });
  });
});
