import { chromium, firefox, type BrowserContext, type Page } from '@playwright/test';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

export const createKillableBrowser = async (name: BrowserName): Promise<KillableBrowser> => {
  const profile = await mkdtemp(join(tmpdir(), `sotto-kills-${name}-`));
  let context: BrowserContext | undefined;
  let page: Page | undefined;
  let family: readonly Process[] = [];

  return {
    async show(url) {
      context ??= await openProfile({ chromium, firefox }[name], profile);
      page = await context.newPage();
      await page.goto(url);
      // Looked up beforehand: when the moment has come, nothing is waited for.
      family = await familyOf(profile);
    },

    async kill(victim) {
      const isVictim = ({ command }: Process): boolean => victim === 'browser' || command.includes('--type=renderer');
      const victims = family.filter(isVictim);
      if (victims.length === 0) throw new Error(`there is no ${victim} process to kill`);
      victims.forEach(kill);
      if (victim === 'browser') context = undefined;
      for (let left: readonly Process[] = victims; left.length > 0; left = await living(victims)) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      // What was started between the look and the kill has no parent by now, but the profile on its command line.
      if (victim === 'browser') (await familyOf(profile)).forEach(kill);
      else await page?.close();
    },

    async [Symbol.asyncDispose]() {
      await context?.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
};

const POLL_MS = 5;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes that were started with this profile, and all that these started. Dead ones are none. */
const familyOf = async (profile: string): Promise<readonly Process[]> => {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const all = (await Promise.all(pids.map(readProcess))).filter((process) => process !== undefined);
  const family = new Map<number, Process>();
  const adopt = (process: Process): void => {
    if (family.has(process.pid)) return;
    family.set(process.pid, process);
    all.filter(({ parent }) => parent === process.pid).forEach(adopt);
  };
  all.filter(({ command }) => command.includes(profile)).forEach(adopt);
  return [...family.values()];
};

const living = async (processes: readonly Process[]): Promise<readonly Process[]> =>
  (await Promise.all(processes.map(({ pid }) => readProcess(pid)))).filter((process) => process !== undefined);

const readProcess = async (pid: number): Promise<Process | undefined> => {
  try {
    const [status, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    // The name before it stands in brackets and may hold anything.
    const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : { pid, parent: Number(parent), command };
  } catch {
    return undefined; // it has ended
  }
};

const kill = ({ pid }: Process): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
};
