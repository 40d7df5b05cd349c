import { findBrowser, type BrowserName } from '../../e2e/support/browsers.ts';
import { runChild, runNode, type ChildResult } from './child.ts';
import { tools } from './paths.ts';

/** A way to get a browser, tried in this order; the system's and Playwright's present ones come first of all. */
interface Source {
  readonly name: string;
  readonly isPossible: boolean;
  install(browser: BrowserName, limitMs: number): Promise<ChildResult>;
}

const isRoot = process.getuid?.() === 0;
const debianPackages = { chromium: 'chromium', firefox: 'firefox-esr' } as const;

const sources: readonly Source[] = [
  {
    name: "Playwright's download",
    isPossible: true,
    install: (browser, limitMs) =>
      runNode([tools.playwright, 'install', ...(isRoot ? ['--with-deps'] : []), browser], { limitMs }),
  },
  {
    name: 'apt-get',
    isPossible: isRoot && process.platform === 'linux',
    install: (browser, limitMs) =>
      runChild(
        'sh',
        ['-c', `apt-get update && apt-get install -y --no-install-recommends ${debianPackages[browser]}`],
        {
          limitMs,
          env: { DEBIAN_FRONTEND: 'noninteractive' },
        },
      ),
  },
];

export type BrowserSetup =
  { readonly found: true; readonly where: string } | { readonly found: false; readonly reason: string };

/** Finds a browser to test in, or gets one. */
export async function ensureBrowser(browser: BrowserName, limitMs: number): Promise<BrowserSetup> {
  const tried: string[] = [];
  for (const source of [undefined, ...sources.filter(({ isPossible }) => isPossible)]) {
    if (source !== undefined) {
      console.error(`No ${browser} on this machine; trying ${source.name} ...`);
      const result = await source.install(browser, limitMs);
      tried.push(`${source.name}: ${lastLine(result.transcript)}`);
    }
    const found = findBrowser(browser);
    if (found !== undefined) return { found: true, where: found.executablePath ?? "Playwright's own" };
  }
  return { found: false, reason: `no ${browser} could be had (${tried.join('; ')})` };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
