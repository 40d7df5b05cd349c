/** A browser with a profile of its own on disk, and what lies in it. */
import type { BrowserContext, BrowserType } from '@playwright/test';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBrowser } from './browsers.ts';

export const openProfile = (browserType: BrowserType, directory: string): Promise<BrowserContext> =>
  browserType.launchPersistentContext(directory, findBrowser(browserType.name() as 'chromium' | 'firefox') ?? {});

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
