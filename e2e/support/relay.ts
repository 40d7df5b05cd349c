/** A relay process of its own for each journey, serving the built app from the same port. */
import { test as base } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startRelayProcess, type RelayProcess } from '../../relay/testing/relay-process.ts';
import { createDevice, type Device } from './device.ts';

/** The built app; `SOTTO_DIST` points to another build of it. */
export const DIST_DIR = process.env.SOTTO_DIST ?? new URL('../../dist', import.meta.url).pathname;

type Fixtures = {
  readonly relay: RelayProcess;
  readonly relayDataDir: string;
  /** A browser that can be killed and opened again, gone with its profile when the journey ends. */
  readonly newDevice: () => Promise<Device>;
};

export const test = base.extend<Fixtures>({
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
  newDevice: async ({ playwright, browserName, relay }, use) => {
    const devices: Device[] = [];
    await use(async () => {
      const device = await createDevice(playwright[browserName], relay.url);
      devices.push(device);
      return device;
    });
    for (const device of devices) await device.remove();
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
