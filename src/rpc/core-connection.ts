import { wrap } from 'comlink';
import type { SetTimer } from '../domain/ports.ts';
import type { CoreApi, CoreEvent } from './core-api.ts';
import { CoreCallError, type CoreCallReason } from './core-call-error.ts';
import { CORE_METHODS, coreApiOver, type CoreMethod } from './core-methods.ts';
import { memberOf, type CoreRequest, type CoreTarget, type MessageEndpoint, type PageToCore } from './core-messages.ts';

export interface CoreConnection {
  /** Every method rejects with a {@link CoreCallError} when no answer can come any more, and with nothing else. */
  readonly api: CoreApi;
  readonly tellVisible: () => void;
  /** The core is gone: every open call and every later one rejects with `ended`. Twice is harmless. */
  readonly end: () => void;
}

/**
 * A page's end of a core that `exposeCore` put on the other end of `endpoint`. A call that is not answered within half
 * of its time limit is asked once more under its old id, in case the question or the answer was lost.
 */
export const openCoreConnection = (
  deps: {
    readonly endpoint: MessageEndpoint;
    readonly setTimer: SetTimer;
    /** Different each time, in all windows. */
    readonly newRequestId: () => string;
  },
  onEvent: (event: CoreEvent) => void,
): CoreConnection => {
  const { endpoint, setTimer, newRequestId } = deps;
  const core = wrap<CoreTarget>(endpoint);
  const failOpenCalls = new Set<(reason: CoreCallReason) => void>();
  let hasEnded = false;

  const receive = ({ data }: { readonly data: unknown }): void => {
    const event = memberOf(data, 'event');
    if (event !== undefined) onEvent(event as CoreEvent);
  };
  endpoint.addEventListener('message', receive);

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
        core.request(request).then(
          (answer) => {
            settle();
            resolve(answer);
          },
          (cause: unknown) => fail('failed', cause),
        );
      };
      const halfMs = CORE_METHODS[method] / 2;
      let cancelTimer = setTimer(() => {
        cancelTimer = setTimer(() => fail('timed-out'), halfMs);
        ask();
      }, halfMs);
      const settle = (): void => {
        cancelTimer();
        failOpenCalls.delete(fail);
      };
      failOpenCalls.add(fail);
      ask();
    });

  return {
    api: coreApiOver(call),
    tellVisible: () => endpoint.postMessage({ signal: 'visible' } satisfies PageToCore),
    end() {
      hasEnded = true;
      endpoint.removeEventListener('message', receive);
      for (const fail of [...failOpenCalls]) fail('ended');
    },
  };
};
