import type { VaultId } from '../domain/ids.ts';
import type { CoreApi } from './core-api.ts';
import type { CoreMethod } from './core-methods.ts';

type Answer<Method extends CoreMethod> = Awaited<ReturnType<CoreApi[Method]>>;

/** The vault that a call opened, if it did: page and worker both watch for it on the way of the answer. */
export const openedVault = (method: CoreMethod, input: unknown, answer: unknown): VaultId | undefined => {
  if (method === 'unlock' && (answer as Answer<'unlock'>).ok)
    return (input as Parameters<CoreApi['unlock']>[0]).vaultId;
  if (method !== 'createAccount') return undefined;
  const created = answer as Answer<'createAccount'>;
  return created.ok ? created.value.vaultId : undefined;
};
