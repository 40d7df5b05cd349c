/** A built app that a test may change, and the relay that serves it. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelayProcess, type RelayProcess } from '../../relay/testing/relay-process.ts';
import { parseRelease, releaseIdText } from '../../src/shell/release.ts';
import { DIST_DIR, test as base } from './relay.ts';

export const test = base.extend<{ dist: string; server: RelayProcess }>({
  dist: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'sotto-dist-'));
    await cp(DIST_DIR, directory, { recursive: true });
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },
  server: async ({ relayDataDir, dist }, use) => {
    const server = await startRelayProcess({ dataDir: relayDataDir, distDir: dist });
    await use(server);
    await server.stop();
  },
});

/** Makes the app in `dist` another release: the same, with another title. */
export const publish = async (dist: string, title: string): Promise<void> => {
  const page = join(dist, 'index.html');
  const text = (await readFile(page, 'utf8')).replace(/<title>.*<\/title>/, `<title>${title}</title>`);
  const release = parseRelease(await readFile(join(dist, 'release.json'), 'utf8'));
  if (!release.ok) throw new Error(release.error.detail);
  const sha384 = createHash('sha384').update(text).digest('base64');
  const bytes = Buffer.byteLength(text);
  const files = release.value.files.map((file) => (file.path === 'index.html' ? { ...file, sha384, bytes } : file));
  const id = createHash('sha384').update(releaseIdText(files)).digest('hex').slice(0, 32);
  await writeFile(page, text);
  await writeFile(join(dist, 'release.json'), JSON.stringify({ ...release.value, id, files }));
  for (const name of ['index.html.br', 'release.json.br']) await rm(join(dist, name), { force: true });
};
