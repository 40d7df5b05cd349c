/** A relay process of its own for each journey, serving the built app from the same port. */
import { test as base } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startRelayProcess, type RelayProcess } from '../../relay/testing/relay-process.ts';

/** The built app; `SOTTO_DIST` points to another build of it. */
export const DIST_DIR = process.env.SOTTO_DIST ?? new URL('../../dist', import.meta.url).pathname;

export const test = base.extend<{ relay: RelayProcess; relayDataDir: string }>({
  relayDataDir: async ({}, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'sotto-relay-'));
    await use(directory);
    await rm(directory, { recursive: true, force: true });
  },
  relay: async ({ relayDataDir, browser }, use) => {
    const relay = await startRelayProcess({ dataDir: relayDataDir, distDir: DIST_DIR });
    await use(relay);
    // Left open, people of this journey would go on looking for its relay, and take time from every later journey.
    await Promise.all(browser.contexts().map((context) => context.close()));
    await relay.stop();
  },
});

/** How many message bodies lie in a relay's database at this moment. */
export const countStoredMessages = (dataDir: string): number => {
  const database = new DatabaseSync(join(dataDir, 'relay.sqlite'), { readOnly: true });
  try {
    const row = database.prepare("SELECT count(*) AS stored FROM bodies WHERE class = 'message'").get();
    return Number(row?.stored);
  } finally {
    database.close();
  }
};

export { expect } from '@playwright/test';
