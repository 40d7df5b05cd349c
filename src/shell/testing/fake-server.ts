import { createHash } from 'node:crypto';
import type { Fetch } from '../fetch-verified.ts';
import { releaseIdText, type Release, type ReleaseFile } from '../release.ts';

export const SCOPE = 'https://sotto.test/';

/** A release of the given texts, with honest hashes. */
export const releaseOf = (texts: Readonly<Record<string, string>>): Release => {
  const files = Object.keys(texts)
    .sort()
    .map((path): ReleaseFile => {
      const content = Buffer.from(texts[path] ?? '');
      const sha384 = createHash('sha384').update(content).digest('base64');
      return { path, sha384, bytes: content.length, critical: true };
    });
  return releaseWith(files);
};

/** A release of the given files, with the id that fits them. */
export const releaseWith = (files: readonly ReleaseFile[]): Release => {
  const id = createHash('sha384').update(releaseIdText(files)).digest('hex').slice(0, 32);
  return { format: 1, id, version: '1.0.0', files };
};

export type FakeServer = {
  readonly fetch: Fetch;
  /** What it serves; change it to play an update, a mistake or an attack. */
  texts: Record<string, string>;
  release: unknown;
  isDown: boolean;
  readonly asked: string[];
};

export const createFakeServer = (texts: Record<string, string>): FakeServer => {
  const server: FakeServer = {
    texts,
    release: releaseOf(texts),
    isDown: false,
    asked: [],
    fetch: async (url) => {
      const path = url.slice(SCOPE.length);
      server.asked.push(path);
      if (server.isDown) throw new TypeError('Failed to fetch');
      if (path === 'release.json') return Response.json(server.release);
      const text = server.texts[path];
      if (text === undefined) return new Response('', { status: 404 });
      return new Response(text, {
        headers: { 'content-security-policy': "default-src 'none'", 'content-encoding': 'br' },
      });
    },
  };
  return server;
};
