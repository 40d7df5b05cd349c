import coreWorkerPath from '../workers/core.worker.ts?worker&url';

/** The part of Trusted Types that is used; TypeScript's library does not know them. */
type TrustedTypes = {
  createPolicy(
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ): { createScriptURL(url: string): unknown };
};

const serviceWorkerPath = `${import.meta.env.BASE_URL}sw.js`;

/**
 * Under `require-trusted-types-for 'script'` nothing but a policy's word starts a script. Ours, `app`, knows the two
 * scripts that the app starts, and no other. A browser without Trusted Types takes the plain text.
 */
const trust = (() => {
  const known = [coreWorkerPath, serviceWorkerPath];
  const createScriptURL = (url: string): string => {
    if (!known.includes(url)) throw new TypeError('not a script of this app');
    return url;
  };
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('app', { createScriptURL });
  return (url: string): string => (policy === undefined ? url : (policy.createScriptURL(url) as string));
})();

/** Typed as text, because that is what TypeScript lets `Worker` take; it is a `TrustedScriptURL` where there are any. */
export const coreWorkerUrl = trust(coreWorkerPath);
export const serviceWorkerUrl = trust(serviceWorkerPath);
