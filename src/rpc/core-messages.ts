import type { VaultId } from '../domain/ids.ts';
import type { CoreEvent, UnlockError } from './core-api.ts';
import type { CoreMethod } from './core-methods.ts';

/**
 * What travels between a page and a core besides Comlink's own messages, on the same endpoint. Comlink ignores
 * messages without an `id` that it knows, and those below have none.
 */
export type CoreToPage =
  | { readonly event: CoreEvent }
  /** The page's own worker stood by for this vault, and has it open now. */
  | { readonly leads: VaultId }
  /** Its turn came to open this vault, and it could not. */
  | { readonly notLed: VaultId; readonly reason: UnlockError };
export type PageToCore =
  | { readonly signal: 'visible' }
  /** To the page's own worker: be ready to open this vault when the core that has it open ends. */
  | { readonly standBy: VaultId }
  /** To the page's own worker: another window is in front of somebody and this one is not. */
  | { readonly isBetterLed: boolean };

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
