import type { Page } from '@playwright/test';

/**
 * Bytes that the page's workers hold, JavaScript and WebAssembly, as the browser measures them after it has collected its
 * garbage; `undefined` where a browser does not measure (Firefox).
 */
export const workerMemory = (page: Page): Promise<number | undefined> =>
  page.evaluate(async () => {
    const { measureUserAgentSpecificMemory } = performance as unknown as {
      measureUserAgentSpecificMemory?: () => Promise<{
        readonly breakdown: readonly {
          readonly bytes: number;
          readonly attribution: readonly { readonly scope: string }[];
        }[];
      }>;
    };
    if (measureUserAgentSpecificMemory === undefined) return undefined;
    const { breakdown } = await measureUserAgentSpecificMemory.call(performance);
    return breakdown
      .filter(({ attribution }) => attribution.some(({ scope }) => scope === 'DedicatedWorkerGlobalScope'))
      .reduce((total, { bytes }) => total + bytes, 0);
  });
