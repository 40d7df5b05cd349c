/** A browser with a profile of its own on disk, which can be killed like a machine that loses power. */
import type { BrowserContext, BrowserType } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll, processesOf, untilEnded } from './browser-processes.ts';
import { createPerson, type Person } from './person.ts';
import { openProfile } from './profile.ts';

export interface Device {
  /** Starts the browser, the first time or once more, with Sotto in its window. */
  readonly open: () => Promise<Person>;
  /** Ends every process of the browser, without a chance to write anything more. */
  readonly kill: () => Promise<void>;
  /** Closes the browser and takes its profile off the disk. */
  readonly remove: () => Promise<void>;
}

export const createDevice = async (browserType: BrowserType, url: string): Promise<Device> => {
  const profile = await mkdtemp(join(tmpdir(), 'sotto-profile-'));
  let context: BrowserContext | undefined;
  return {
    async open() {
      context = await openProfile(browserType, profile);
      const person = createPerson(await context.newPage(), url);
      await person.page.goto(url);
      return person;
    },
    async kill() {
      const victims = await processesOf(profile);
      if (victims.length === 0) throw new Error('there is no browser to kill');
      await killAll(victims);
      // What was started between the look and the kill has no parent by now, but the profile on its command line.
      await killAll(await processesOf(profile));
    },
    async remove() {
      await context?.close();
      await untilEnded(profile);
      await rm(profile, { recursive: true, force: true });
    },
  };
};
