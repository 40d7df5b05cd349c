import type { ReleaseStore } from './release-store.ts';
import { SHELL_MESSAGES, type CheckAnswer } from '../rpc/shell-messages.ts';

export interface Shell {
  /** A service worker is being installed. Rejects if no whole release could be brought in: it is then not installed. */
  install(): Promise<void>;
  activate(): Promise<void>;
  /** What a page said; the answer goes back to it. */
  hear(message: unknown): Promise<CheckAnswer | boolean>;
  /** The answer to a request, or `undefined` to leave it to the network. */
  answer(request: Request): Promise<Response> | undefined;
}

/**
 * What the service worker does. It serves the files of one release and of nothing else, and changes to the next one
 * only when it is whole, checked and asked to. It never touches the relay's operations.
 */
export const createShell = (deps: {
  readonly releases: ReleaseStore;
  readonly scope: string;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly skipWaiting: () => Promise<void>;
  readonly claimPages: () => Promise<void>;
  readonly tellPages: (message: { readonly type: string }) => Promise<void>;
}): Shell => {
  const { releases, scope } = deps;

  const switchRelease = async (): Promise<boolean> => {
    const isSwitched = await releases.switchToStaged();
    if (isSwitched) await deps.tellPages({ type: SHELL_MESSAGES.switched });
    return isSwitched;
  };

  const check = async (): Promise<CheckAnswer> => {
    const staged = await releases.stage();
    if (!staged.ok) return 'failed';
    if (staged.value === 'current') return 'current';
    // Where nothing is served yet there is nobody to be asked.
    if (await releases.hasActive()) return 'waiting';
    await releases.switchToStaged();
    return 'current';
  };

  return {
    async install() {
      const staged = await releases.stage();
      if (!staged.ok) throw new Error(`no release: ${JSON.stringify(staged.error)}`);
    },

    async activate() {
      await switchRelease();
      await deps.claimPages();
    },

    async hear(message) {
      const type = (message as { readonly type?: unknown } | null)?.type;
      if (type === SHELL_MESSAGES.check) return check();
      if (type === SHELL_MESSAGES.switch) return switchRelease();
      if (type === SHELL_MESSAGES.skipWaiting) {
        await deps.skipWaiting();
        return true;
      }
      return false;
    },

    answer(request) {
      const { method, mode, url } = request;
      if (method !== 'GET' || !url.startsWith(scope)) return undefined;
      const path = url.slice(scope.length).replace(/[?#].*$/, '');
      if (path.startsWith('v1/') || path === 'release.json') return undefined;
      return serve(mode === 'navigate' || path === '' ? 'index.html' : path, request);
    },
  };

  async function serve(path: string, request: Request): Promise<Response> {
    const response = await releases.serve(path);
    if (response === 'no-release') return deps.fetch(request);
    return response ?? new Response('not in this release', { status: 404 });
  }
};
