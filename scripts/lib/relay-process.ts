import { parseArgs } from 'node:util';
import { startForeground, type ForegroundProcess } from './child.ts';
import { inRoot } from './paths.ts';
import { freePort, isFree } from './ports.ts';

export interface RunningRelay {
  readonly port: number;
  readonly process: ForegroundProcess;
}

const preferredPort = 8787;

/**
 * Starts relay/main.ts with the given arguments, on the port that they name or else on the first free one.
 *
 * @throws if the port that was asked for is taken
 */
export async function startRelay(args: readonly string[]): Promise<RunningRelay> {
  const { values } = parseArgs({ args: [...args], options: { port: { type: 'string' } }, strict: false });
  const asked = typeof values.port === 'string' ? Number(values.port) : undefined;
  if (asked !== undefined && !(await isFree(asked))) throw new Error(`Port ${asked} is in use.`);
  const port = asked ?? (await freePort(preferredPort));
  return { port, process: startForeground([inRoot('relay/main.ts'), ...args, '--port', String(port)]) };
}

/** Resolves once something answers on the port; gives up when `ended` does, which means that the relay did not start. */
export async function waitUntilAnswering(relay: RunningRelay): Promise<boolean> {
  let hasEnded = false;
  void relay.process.ended.then(() => (hasEnded = true));
  while (!hasEnded) {
    const answered = await fetch(`http://localhost:${relay.port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
