import { chromium, firefox, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAll, processesOf, type BrowserProcess } from '../../e2e/support/browser-processes.ts';
import type { BrowserName } from '../../e2e/support/browsers.ts';
import { openProfile } from '../../e2e/support/profile.ts';

/** All processes of the browser, or those in which its pages run. */
export type Victim = 'browser' | 'page';

/** A browser with a profile on disk that outlives every process of it. */
export interface KillableBrowser extends AsyncDisposable {
  /** Opens the page, and before it the browser, where none runs. */
  show(url: string): Promise<void>;
  /** SIGKILL, all at once; resolves when nothing of the victim runs any more. */
  kill(victim: Victim): Promise<void>;
}

/** On the command line of a process in which pages run. */
const PAGE_PROCESS = { chromium: '--type=renderer', firefox: '-isForBrowser' } as const;

export const createKillableBrowser = async (name: BrowserName): Promise<KillableBrowser> => {
  const profile = await mkdtemp(join(tmpdir(), `sotto-kills-${name}-`));
  let context: BrowserContext | undefined;
  let page: Page | undefined;
  let family: readonly BrowserProcess[] = [];

  return {
    async show(url) {
      context ??= await openProfile({ chromium, firefox }[name], profile);
      page = await context.newPage();
      await page.goto(url);
      // Looked up beforehand: when the moment has come, nothing is waited for.
      family = await processesOf(profile);
    },

    async kill(victim) {
      const isVictim = ({ command }: BrowserProcess): boolean =>
        victim === 'browser' || command.includes(PAGE_PROCESS[name]);
      const victims = family.filter(isVictim);
      if (victims.length === 0) throw new Error(`there is no ${victim} process to kill`);
      // Playwright has Firefox end by itself when the process of a page is gone.
      const ends = victim === 'page' && name === 'firefox' && context?.waitForEvent('close');
      if (victim === 'browser' || ends) context = undefined;
      await killAll(victims);
      // What was started between the look and the kill has no parent by now, but the profile on its command line.
      if (victim === 'browser') await killAll(await processesOf(profile));
      else if (ends) await ends;
      else await page?.close();
    },

    async [Symbol.asyncDispose]() {
      await context?.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
};
