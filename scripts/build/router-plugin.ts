import type { Plugin } from 'vite';

/**
 * vue-router keeps the scroll positions of documents in session storage. Nothing here scrolls as a document, and the
 * first look into that storage holds a start up for 5 to 10 ms (Chromium 156). They are kept nowhere instead.
 */
const storage = 'sessionStorage[SCROLL_KEY]';

export function leaveOutScrollMemory(): Plugin {
  return {
    name: 'sotto:leave-out-scroll-memory',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.replaceAll('\\', '/').includes('/vue-router/dist/') || !code.includes('SCROLL_KEY')) return undefined;
      if (!code.includes(storage)) this.error('vue-router keeps its scroll positions elsewhere: look what it does now');
      return { code: code.replaceAll(storage, '({})[SCROLL_KEY]'), map: null };
    },
  };
}
