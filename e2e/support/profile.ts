/** A browser with a profile of its own on disk, which can be killed like a machine that loses power. */
import type { BrowserContext, BrowserType } from '@playwright/test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser } from './browsers.ts';

export const openProfile = (browserType: BrowserType, directory: string): Promise<BrowserContext> =>
  browserType.launchPersistentContext(directory, findBrowser(browserType.name() as 'chromium' | 'firefox') ?? {});

/** Ends every process that was started with this profile directory, without a chance to write anything more. */
export const killBrowser = async (directory: string): Promise<number> => {
  let killed = 0;
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const commandLine = await readFile(join('/proc', entry, 'cmdline'), 'utf8').catch(() => '');
    if (!commandLine.includes(directory)) continue;
    try {
      process.kill(Number(entry), 'SIGKILL');
      killed += 1;
    } catch {
      // It ended on its own between the two calls.
    }
  }
  return killed;
};

/** Every file below a directory, with its bytes. */
export const readTree = async (directory: string): Promise<{ readonly path: string; readonly bytes: Buffer }[]> => {
  const files: { path: string; bytes: Buffer }[] = [];
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.push({ path, bytes: await readFile(path) });
  }
  return files;
};
