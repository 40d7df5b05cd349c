import { page } from 'vitest/browser';
import type { VaultId } from '../../domain/ids.ts';
import type { CoreClient } from '../../rpc/core-api.ts';
import { mountApp } from '../app/mount-app.ts';

/** The whole app over a core in which this account is open, in the document of a test, as wide as a desk. */
export const mountWorkspace = async (core: CoreClient, vaultId: VaultId): Promise<HTMLElement> => {
  await page.viewport(1280, 800);
  history.replaceState(null, '', `#/a/${vaultId}`);
  const root = document.createElement('div');
  root.id = 'app';
  root.className = 'test-root';
  document.body.replaceChildren(root);
  void mountApp(core, { root, version: 'test' });
  return root;
};
