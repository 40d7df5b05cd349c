/** The processes of a browser that runs over a profile on disk, and their end. */
import { readdir, readFile } from 'node:fs/promises';

const POLL_MS = 5;
/** All of /proc is read each time. */
const END_POLL_MS = 50;
const END_LIMIT_MS = 60_000;

export interface BrowserProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The processes that were started with this profile, and all that these started. Dead ones are none. */
export const processesOf = async (profile: string): Promise<readonly BrowserProcess[]> => {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const all = (await Promise.all(pids.map(readProcess))).filter((process) => process !== undefined);
  const family = new Map<number, BrowserProcess>();
  const adopt = (process: BrowserProcess): void => {
    if (family.has(process.pid)) return;
    family.set(process.pid, process);
    all.filter(({ parent }) => parent === process.pid).forEach(adopt);
  };
  all.filter(({ command }) => command.includes(profile)).forEach(adopt);
  return [...family.values()];
};

/** SIGKILL, all at once: nobody has a chance to write anything more. Resolves when none of them runs. */
export const killAll = async (victims: readonly BrowserProcess[]): Promise<void> => {
  victims.forEach(kill);
  for (let left = victims; left.length > 0; left = await living(victims)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** A browser that was closed is gone before the last of its processes: until then they may write into the profile. */
export const untilEnded = async (profile: string): Promise<void> => {
  const endMs = performance.now() + END_LIMIT_MS;
  for (let left = await processesOf(profile); left.length > 0; left = await processesOf(profile)) {
    if (performance.now() > endMs)
      throw new Error(`a closed browser goes on: ${left.map(({ command }) => command).join()}`);
    await new Promise((resolve) => setTimeout(resolve, END_POLL_MS));
  }
};

const living = async (processes: readonly BrowserProcess[]): Promise<readonly BrowserProcess[]> =>
  (await Promise.all(processes.map(({ pid }) => readProcess(pid)))).filter((process) => process !== undefined);

const readProcess = async (pid: number): Promise<BrowserProcess | undefined> => {
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

const kill = ({ pid }: BrowserProcess): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
};
