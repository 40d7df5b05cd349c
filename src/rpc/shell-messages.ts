/** What a page and the service worker say to each other (docs/protocol/release.md, "Messages"). */
export const SHELL_MESSAGES = {
  /** Page: look whether the server offers another release. Answered by a `CheckAnswer`. */
  check: 'CHECK_RELEASE',
  /** Page: serve the staged release from now on. Answered by `true`. */
  switch: 'SWITCH_RELEASE',
  /** Page, to a waiting service worker: take over. The name is the one that workbox-window sends. */
  skipWaiting: 'SKIP_WAITING',
  /** Service worker, to every page: what is served has changed; a reload brings it. */
  switched: 'RELEASE_SWITCHED',
} as const;

/** `waiting`: another release is here, and is served after `SWITCH_RELEASE`. `failed`: none could be brought in. */
export type CheckAnswer = 'current' | 'waiting' | 'failed';
