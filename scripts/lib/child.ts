import { spawn, type ChildProcess } from 'node:child_process';
import { root } from './paths.ts';

/**
 * Child processes that end: each leads a process group of its own, so that the browsers and workers which it starts end
 * with it, at its time limit or when this process is told to stop.
 */
export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** After this long the group is ended and the result says `timedOut`. Absent: no limit. */
  readonly limitMs?: number;
  /** `show` passes the output on as it comes; `keep` only collects it, to be printed if something failed. */
  readonly output?: 'show' | 'keep';
}

export interface ChildResult {
  /** Exit code; 1 when a signal, the time limit or a failed start ended it. */
  readonly code: number;
  readonly timedOut: boolean;
  readonly stdout: string;
  /** Both streams as a person would have seen them. */
  readonly transcript: string;
}

/** Time for a test runner to close its browsers, which live in groups of their own. */
const graceMs = 5_000;
const alive = new Set<ChildProcess>();

export async function runChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): Promise<ChildResult> {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  alive.add(child);
  let stdout = '';
  let transcript = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    transcript += text;
    if (options.output === 'show') process.stdout.write(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    transcript += text;
    if (options.output === 'show') process.stderr.write(text);
  });
  let timedOut = false;
  const stop = (): void => {
    timedOut = true;
    signalGroup(child, 'SIGTERM');
    setTimeout(() => {
      signalGroup(child, 'SIGKILL');
    }, graceMs).unref();
  };
  const timer = options.limitMs === undefined ? undefined : setTimeout(stop, options.limitMs);
  child.once('exit', () => {
    signalGroup(child, 'SIGKILL'); // what it left behind would keep the pipes open
  });
  const failure = await ended(child);
  clearTimeout(timer);
  alive.delete(child);
  if (timedOut) transcript += `\nended after its limit of ${seconds(options.limitMs ?? 0)}\n`;
  if (failure.message !== undefined) transcript += `\n${failure.message}\n`;
  return { code: timedOut ? 1 : failure.code, timedOut, stdout, transcript };
}

/** Runs a script with this Node. */
export function runNode(args: readonly string[], options: ChildOptions = {}): Promise<ChildResult> {
  return runChild(process.execPath, args, options);
}

/** A script that has the terminal: it sees what people type and ends itself when it is asked to. */
export interface ForegroundProcess {
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  stop(): void;
}

export function startForeground(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ForegroundProcess {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const hasItAlready = signal === 'SIGINT' && process.stdin.isTTY; // a terminal interrupts the whole group
      if (!hasItAlready) child.kill(signal);
    });
  }
  return { ended: ended(child).then(({ code }) => code), stop: () => void child.kill('SIGTERM') };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Ends what is still running when this process is interrupted. Tasks that run children call it once. */
export function endChildrenWithMe(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      for (const child of alive) signalGroup(child, 'SIGTERM');
      setTimeout(() => {
        for (const child of alive) signalGroup(child, 'SIGKILL');
        process.kill(process.pid, signal);
      }, 1_000);
    });
  }
}

function ended(child: ChildProcess): Promise<{ code: number; message?: string }> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve({ code: 1, message: error.message });
    });
    child.once('close', (code) => {
      resolve({ code: code ?? 1 });
    });
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}
