import vue from '@vitejs/plugin-vue';
import { runnerImport, type Plugin } from 'vite';
import type * as Renderer from '../../src/ui/app/render-unlock-screen.ts';
import { inRoot } from '../lib/paths.ts';

const place = /<!-- the unlock screen, [^>]* -->/;

/**
 * Puts the unlock screen into index.html as a `<template>`, which the page's own script draws before the app is here. The
 * screen's component makes it, so that the app finds the very markup that it would have made itself.
 */
export function putUnlockScreenIntoPage(): Plugin {
  return {
    name: 'sotto:unlock-screen',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      async handler(html) {
        const { module } = await runnerImport<typeof Renderer>(inRoot('src/ui/app/render-unlock-screen.ts'), {
          configFile: false,
          root: inRoot(),
          logLevel: 'error',
          plugins: [vue(), leaveOutStyles()],
        });
        const screen = await module.renderUnlockScreen();
        if (!place.test(html)) throw new Error('index.html has no place for the unlock screen');
        return html.replace(place, () => `<template>${screen}</template>`);
      },
    },
  };
}

/** Markup needs none, and the tool that runs it has nothing to make them with. */
function leaveOutStyles(): Plugin {
  const nothing = '\0no-styles';
  return {
    name: 'sotto:leave-out-styles',
    enforce: 'pre',
    resolveId: (id) => (/\.css$|[?&]type=style/.test(id) ? nothing : undefined),
    load: (id) => (id === nothing ? '' : undefined),
  };
}
