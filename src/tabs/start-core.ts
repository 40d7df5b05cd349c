import type { VaultId } from '../domain/ids.ts';
import type { UnlockError } from '../rpc/core-api.ts';
import { memberOf, type MessageEndpoint, type PageToCore } from '../rpc/core-messages.ts';

/** This window's own worker, whether it leads or stands by. */
export type OwnCore = {
  readonly endpoint: MessageEndpoint;
  readonly tell: (message: PageToCore) => void;
  /** Terminates it. Twice is harmless. */
  readonly end: () => void;
};

/**
 * Puts a core into a worker of this window. An error that nobody caught there leaves a core in an unknown state, so it
 * ends the worker like a script that did not load.
 *
 * @param handlers.onLeads it stood by, and has the vault open now
 * @param handlers.onNotLed it stood by, and could not open the vault
 * @param handlers.onDeath not called after `end`
 */
export const startCore = (
  createWorker: () => Worker,
  handlers: {
    readonly onLeads: (vaultId: VaultId) => void;
    readonly onNotLed: (vaultId: VaultId, reason: UnlockError) => void;
    readonly onDeath: () => void;
  },
): OwnCore => {
  const worker = createWorker();
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
    worker.terminate();
  };
  worker.addEventListener('message', ({ data }) => {
    if (hasEnded) return;
    const [leads, notLed] = [memberOf(data, 'leads'), memberOf(data, 'notLed')];
    if (typeof leads === 'string') handlers.onLeads(leads as VaultId);
    if (typeof notLed === 'string') handlers.onNotLed(notLed as VaultId, memberOf(data, 'reason') as UnlockError);
  });
  worker.addEventListener('error', () => {
    if (hasEnded) return;
    end();
    handlers.onDeath();
  });
  return { endpoint: worker, tell: (message) => worker.postMessage(message), end };
};
