import { build, type Plugin, type Rollup } from 'vite';
import { inRoot } from '../lib/paths.ts';

/**
 * Builds src/workers/service-worker.ts to `sw.js`: one classic script without imports, under a name that never changes.
 * It holds no list of files and no version, so its bytes are the same from release to release until its code changes.
 */
export function emitServiceWorker(): Plugin {
  return {
    name: 'sotto:service-worker',
    apply: 'build',
    async generateBundle() {
      const result = await build({
        configFile: false,
        logLevel: 'warn',
        root: inRoot(),
        publicDir: false,
        build: {
          write: false,
          target: 'es2023',
          lib: { entry: inRoot('src/workers/service-worker.ts'), formats: ['iife'], name: 'sotto' },
        },
      });
      const [script, ...others] = (result as Rollup.RollupOutput[]).flatMap(({ output }) => output);
      if (script?.type !== 'chunk' || others.length > 0) this.error('the service worker is not one script');
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: script.code });
    },
  };
}
