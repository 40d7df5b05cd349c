/** A relay in a process of its own, for tests that kill it or move its clock. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../scripts/lib/ports.ts';

export type ToChild = { readonly clockOffsetMs: number };
export type ChildOptions = {
  readonly dataDir: string;
  readonly distDir: string;
  readonly port: number;
  readonly clockOffsetMs: number;
  readonly restored: boolean;
  readonly fault?: 'answers-before-commit';
};

export interface RelayProcess {
  readonly url: string;
  /** Moves the relay's clock forward and lets it delete what is over by then. */
  readonly moveClock: (byMs: number) => Promise<void>;
  /** SIGKILL: whatever was not on disk is gone. */
  readonly kill: () => Promise<void>;
  /** SIGTERM: it says goodbye and closes its files. */
  readonly stop: () => Promise<void>;
  /** On the same data, port and clock; ends it first if it runs. `restored`: as if put back from a backup. */
  readonly restart: (options?: { readonly restored?: boolean }) => Promise<void>;
  /** Everything it wrote to stdout and stderr. */
  readonly output: () => string;
}

export type RelayProcessOptions = {
  readonly dataDir: string;
  readonly distDir?: string;
  /** Left out: one below those that systems give to whoever connects somewhere, so that it stays free after a kill. */
  readonly port?: number;
  readonly fault?: ChildOptions['fault'];
};

const CHILD = fileURLToPath(new URL('relay-child.ts', import.meta.url));
const NO_APP = fileURLToPath(new URL('no-app', import.meta.url));

export const startRelayProcess = async (options: RelayProcessOptions): Promise<RelayProcess> => {
  let output = '';
  let clockOffsetMs = 0;
  const start = (port: number, restored: boolean) =>
    startChild(
      {
        dataDir: options.dataDir,
        distDir: options.distDir ?? NO_APP,
        port,
        clockOffsetMs,
        restored,
        ...(options.fault && { fault: options.fault }),
      },
      (text) => (output += text),
    );

  let { child, url } = await start(options.port ?? (await freePort(randomInt(20_000, 30_000))), false);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };

  return {
    url,
    moveClock: async (byMs) => {
      clockOffsetMs += byMs;
      const moved = once(child, 'message');
      child.send({ clockOffsetMs } satisfies ToChild);
      await moved;
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: async ({ restored = false } = {}) => {
      await end('SIGTERM');
      ({ child, url } = await start(Number(new URL(url).port), restored));
    },
    output: () => output,
  };
};

const startChild = async (
  options: ChildOptions,
  onOutput: (text: string) => void,
): Promise<{ readonly child: ChildProcess; readonly url: string }> => {
  const child = fork(CHILD, [JSON.stringify(options)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onOutput(chunk.toString());
    });
  }
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: { readonly url: string }) => resolve(message.url));
    child.once('exit', () => reject(new Error(`the relay did not start: ${output}`)));
  });
  return { child, url };
};
