import type { SetTimer } from '../domain/ports.ts';
import type { CoreEvent } from '../rpc/core-api.ts';
import { openCoreConnection } from '../rpc/core-connection.ts';
import type { RunningCore } from './running-core.ts';

/**
 * Puts a core into a worker of this window. An error that nobody caught there leaves a core in an unknown state, so it
 * ends the worker like a script that did not load.
 *
 * @param handlers.onDeath not called after `end`
 */
export const startCore = (
  deps: { readonly createWorker: () => Worker; readonly setTimer: SetTimer; readonly newId: () => string },
  handlers: { readonly onEvent: (event: CoreEvent) => void; readonly onDeath: () => void },
): RunningCore => {
  const worker = deps.createWorker();
  const connection = openCoreConnection(
    { endpoint: worker, setTimer: deps.setTimer, newRequestId: deps.newId },
    handlers.onEvent,
  );
  let hasEnded = false;
  const end = (): void => {
    if (hasEnded) return;
    hasEnded = true;
    worker.terminate();
    connection.end();
  };
  worker.addEventListener('error', () => {
    if (hasEnded) return;
    end();
    handlers.onDeath();
  });
  return { connection, end };
};
