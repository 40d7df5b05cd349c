/** The service worker: joins browser and shell, and decides nothing. Built to `sw.js`, the same in every release. */
import { createReleaseStore } from '../shell/release-store.ts';
import { createShell } from '../shell/shell.ts';

declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;
const releases = createReleaseStore({ fetch: (url, init) => fetch(url, init), scope }, self.caches);
const shell = createShell({
  releases,
  scope,
  fetch: (request) => fetch(request),
  skipWaiting: () => self.skipWaiting(),
  claimPages: () => self.clients.claim(),
  tellPages: async (message) => {
    for (const client of await self.clients.matchAll()) client.postMessage(message);
  },
});

self.addEventListener('install', (event) => event.waitUntil(shell.install()));
self.addEventListener('activate', (event) => event.waitUntil(shell.activate()));
self.addEventListener('message', (event) => {
  const answer = shell.hear(event.data).then((content) => event.ports[0]?.postMessage(content));
  event.waitUntil(answer);
});
self.addEventListener('fetch', (event) => {
  const response = shell.answer(event.request);
  if (response !== undefined) event.respondWith(response);
});
