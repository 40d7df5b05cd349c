import type { Plugin } from 'vite';

/**
 * The SQLite package names two worker scripts of its own, for a file system and an interface that we do not use. Vite
 * would take both along: 248 KB that nobody ever loads. Their addresses are replaced by an empty one.
 */
const unusedScripts = ['sqlite3-opfs-async-proxy.js', 'sqlite3-worker1.mjs'];
const packageEntry = '/@sqlite.org/sqlite-wasm/dist/index.mjs';

export function leaveOutSqliteWorkers(): Plugin {
  return {
    name: 'sotto:leave-out-sqlite-workers',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.replaceAll('\\', '/').endsWith(packageEntry)) return undefined;
      let shortened = code;
      for (const script of unusedScripts) {
        const address = `new URL("${script}", import.meta.url)`;
        if (!shortened.includes(address)) this.error(`${script} is not named any more: look what the package does now`);
        shortened = shortened.replaceAll(address, 'new URL("about:blank")');
      }
      return { code: shortened, map: null };
    },
  };
}
