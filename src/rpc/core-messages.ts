import type { CoreEvent } from './core-api.ts';
import type { CoreMethod } from './core-methods.ts';

/**
 * What travels between a page and a core besides Comlink's own messages, on the same endpoint. Comlink ignores
 * messages without an `id` that it knows, and the two below have none.
 */
export type CoreToPage = { readonly event: CoreEvent };
export type PageToCore = { readonly signal: 'visible' };

/** Asked by its id, so that a request which is sent again is carried out once. */
export type CoreRequest = {
  readonly requestId: string;
  readonly method: CoreMethod;
  readonly input: unknown;
};

/** The one function that a core exposes: no path into its objects, no property to read or set. */
export type CoreTarget = { readonly request: (request: CoreRequest) => Promise<unknown> };

export const TARGET_PATH: keyof CoreTarget = 'request';

/** The part that is used of a `Worker`, of a worker's own scope and of a `BroadcastChannel`. */
export interface MessageEndpoint {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: MessageListener): void;
  removeEventListener(type: 'message', listener: MessageListener): void;
}

export type MessageListener = (event: { readonly data: unknown }) => void;

/** A member of a message that may be anything. */
export const memberOf = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? (message as Readonly<Record<string, unknown>>)[name] : undefined;
