import { expose, type Endpoint } from 'comlink';
import type { CoreApi, CoreEvent } from './core-api.ts';
import { isCoreMethod, type CoreMethod } from './core-methods.ts';
import {
  memberOf,
  TARGET_PATH,
  type CoreRequest,
  type CoreTarget,
  type CoreToPage,
  type MessageEndpoint,
  type MessageListener,
} from './core-messages.ts';

/** So many answers are kept for requests that come again. A page sends a request again within its time limit only. */
const REMEMBERED_ANSWERS = 64;

export type ExposedCore = {
  readonly emit: (event: CoreEvent) => void;
  /** Stops answering; what was asked before is still carried out. */
  readonly close: () => void;
};

/**
 * Lets a page call `api` over an endpoint.
 * @param options.mayCall narrows what it may call
 * @param options.onVisible the page came to the front
 */
export const exposeCore = (
  api: CoreApi,
  endpoint: MessageEndpoint,
  options: { readonly mayCall?: (method: CoreMethod) => boolean; readonly onVisible: () => void },
): ExposedCore => {
  const answers = new Map<string, Promise<unknown>>();

  const answerOnce = ({ requestId, method, input }: CoreRequest): Promise<unknown> => {
    const known = answers.get(requestId);
    if (known !== undefined) return known;
    const answer = carryOut(method, input);
    answers.set(requestId, answer);
    for (const oldest of answers.keys()) {
      if (answers.size <= REMEMBERED_ANSWERS) break;
      answers.delete(oldest);
    }
    return answer;
  };

  const carryOut = async (method: unknown, input: unknown): Promise<unknown> => {
    if (!isCoreMethod(method) || options.mayCall?.(method) === false)
      throw new TypeError(`no such method: ${String(method)}`);
    return (api[method] as (input: unknown) => Promise<unknown>)(input);
  };

  const target: CoreTarget = { request: answerOnce };
  const guarded = guardEndpoint(endpoint);
  expose(target, guarded.endpoint);
  const hearSignals: MessageListener = ({ data }) => {
    if (memberOf(data, 'signal') === 'visible') options.onVisible();
  };
  endpoint.addEventListener('message', hearSignals);
  return {
    emit: (event) => endpoint.postMessage({ event } satisfies CoreToPage),
    close() {
      guarded.close();
      endpoint.removeEventListener('message', hearSignals);
    },
  };
};

/**
 * Comlink follows any path into the exposed object (`constructor.constructor` too), and reads, sets and constructs what
 * it finds there. A page that was taken over shall not get further than a page may: only plain calls of the one exposed
 * function pass.
 */
const guardEndpoint = (endpoint: MessageEndpoint): { readonly endpoint: Endpoint; readonly close: () => void } => {
  const guards = new Map<unknown, MessageListener>();
  const stopListening = (listener: unknown): void => {
    const guard = guards.get(listener);
    if (guard !== undefined) endpoint.removeEventListener('message', guard);
    guards.delete(listener);
  };
  return {
    endpoint: {
      postMessage: (message: unknown) => endpoint.postMessage(message),
      addEventListener: (_, listener) => {
        const guard: MessageListener = (event) => {
          if (isPlainCall(event.data)) (listener as unknown as MessageListener)(event);
        };
        guards.set(listener, guard);
        endpoint.addEventListener('message', guard);
      },
      removeEventListener: (_, listener) => stopListening(listener),
    },
    close: () => [...guards.keys()].forEach(stopListening),
  };
};

const isPlainCall = (message: unknown): boolean => {
  const path = memberOf(message, 'path');
  const isApply = memberOf(message, 'type') === 'APPLY';
  return isApply && Array.isArray(path) && path.length === 1 && path[0] === TARGET_PATH;
};
