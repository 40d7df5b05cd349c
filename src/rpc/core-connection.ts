import { wrap, type Remote } from 'comlink';
import type { SetTimer } from '../domain/ports.ts';
import type { CoreApi, CoreEvent } from './core-api.ts';
import { CoreCallError, type CoreCallReason } from './core-call-error.ts';
import { CORE_METHODS, coreApiOver, type CoreMethod } from './core-methods.ts';
import { memberOf, type CoreRequest, type CoreTarget, type MessageEndpoint, type PageToCore } from './core-messages.ts';

export interface CoreConnection {
  /** Every method rejects with a {@link CoreCallError} when no answer can come any more, and with nothing else. */
  readonly api: CoreApi;
  readonly tellVisible: () => void;
  /**
   * From now on the core is behind this endpoint; undefined: nobody knows yet behind which. Open calls are asked again
   * there, in their order, under their old ids.
   */
  readonly attach: (endpoint: MessageEndpoint | undefined) => void;
  /** The core is gone: every open call and every later one rejects with `ended`. Twice is harmless. */
  readonly end: () => void;
}

/**
 * A page's end of a core that `exposeCore` put on the other end of an endpoint. A call that is not answered within half
 * of its time limit is asked once more under its old id, in case the question or the answer was lost.
 */
export const openCoreConnection = (
  deps: {
    readonly setTimer: SetTimer;
    /** Different each time, in all windows. */
    readonly newRequestId: () => string;
  },
  onEvent: (event: CoreEvent) => void,
): CoreConnection => {
  const { setTimer, newRequestId } = deps;
  let attached: { readonly endpoint: MessageEndpoint; readonly core: Remote<CoreTarget> } | undefined;
  const openCalls = new Set<{ readonly ask: () => void; readonly fail: (reason: CoreCallReason) => void }>();
  let hasEnded = false;

  const receive = ({ data }: { readonly data: unknown }): void => {
    const event = memberOf(data, 'event');
    if (event !== undefined) onEvent(event as CoreEvent);
  };
  const call = (method: CoreMethod, input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const fail = (reason: CoreCallReason, cause?: unknown): void => {
        settle();
        reject(new CoreCallError(reason, method, cause === undefined ? undefined : { cause }));
      };
      if (hasEnded) {
        reject(new CoreCallError('ended', method));
        return;
      }
      const request: CoreRequest = { requestId: newRequestId(), method, input };
      const ask = (): void => {
        const asked = attached;
        asked?.core.request(request).then(
          (answer) => {
            settle();
            resolve(answer);
          },
          // What a core says that was left meanwhile may be its end's doing: the next one is asked already.
          (cause: unknown) => asked === attached && fail('failed', cause),
        );
      };
      const halfMs = CORE_METHODS[method] / 2;
      let cancelTimer = setTimer(() => {
        cancelTimer = setTimer(() => fail('timed-out'), halfMs);
        ask();
      }, halfMs);
      const settle = (): void => {
        cancelTimer();
        openCalls.delete(openCall);
      };
      const openCall = { ask, fail };
      openCalls.add(openCall);
      ask();
    });

  return {
    api: coreApiOver(call),
    tellVisible: () => attached?.endpoint.postMessage({ signal: 'visible' } satisfies PageToCore),
    attach(endpoint) {
      if (hasEnded || endpoint === attached?.endpoint) return;
      attached?.endpoint.removeEventListener('message', receive);
      attached = endpoint && { endpoint, core: wrap<CoreTarget>(endpoint) };
      endpoint?.addEventListener('message', receive);
      for (const { ask } of [...openCalls]) ask();
    },
    end() {
      hasEnded = true;
      attached?.endpoint.removeEventListener('message', receive);
      attached = undefined;
      for (const { fail } of [...openCalls]) fail('ended');
    },
  };
};
