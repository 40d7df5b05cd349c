import { existsSync } from 'node:fs';
import { chromium, firefox } from '@playwright/test';

/**
 * Which browsers this machine offers for tests. A browser of the system comes before Playwright's own download,
 * because the download does not work everywhere and the system's is the one that people run.
 */
export type BrowserName = 'chromium' | 'firefox';

/** The part of Playwright's launch options that differs between machines; spread it into `launchOptions`. */
export interface BrowserLaunch {
  readonly executablePath?: string;
  /** `moz-firefox` drives an unpatched Firefox over WebDriver BiDi; absent for Playwright's own build. */
  readonly channel?: string;
  readonly chromiumSandbox?: boolean;
  readonly args?: string[];
  readonly firefoxUserPrefs?: Record<string, boolean | number | string>;
}

/** What detection asks of the machine, so that it can be tested without one. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  exists(path: string): boolean;
  /** Where Playwright would keep its own download, present or not. */
  bundledPath(name: BrowserName): string;
}

const systemPaths = {
  chromium: [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  firefox: ['/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'],
} as const;

const pathVariable = { chromium: 'CHROMIUM', firefox: 'FIREFOX' } as const;

/** Playwright's own list (1.64): of two such lists Chromium takes the last. */
const disabledByPlaywright = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'DialMediaRouteProvider',
  'GlobalMediaControls',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'BlockOriginHeaderModificationOnRedirect',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'Translate',
  'AutoDeElevate',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'msForceBrowserSignIn',
  'msEdgeUpdateLaunchServicesPreferredVersion',
];
/** The address bar that nobody sees: two more pages, drawn anew for every window, took a fifth of a journey's time. */
const disabledByUs = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'];

/** No component updates, no background traffic: a test run talks to loopback only. */
const chromiumArgs = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${[...disabledByPlaywright, ...disabledByUs].join(',')}`,
];

/** Answers the permission questions that a headless Firefox cannot show; a real push service is never contacted. */
const firefoxUserPrefs = {
  'permissions.default.persistent-storage': 1,
  'permissions.default.desktop-notification': 1,
  'dom.push.connection.enabled': false,
};

/** The launch options for a browser, or `undefined` when this machine has none. */
export function findBrowser(name: BrowserName, machine: Machine = thisMachine): BrowserLaunch | undefined {
  const system = systemBrowser(name, machine);
  if (system === undefined && !machine.exists(machine.bundledPath(name))) return undefined;
  if (name === 'chromium') {
    return { ...executable(system), chromiumSandbox: !machine.isRoot, args: chromiumArgs };
  }
  return { ...executable(system), ...(system === undefined ? {} : { channel: 'moz-firefox' }), firefoxUserPrefs };
}

function systemBrowser(name: BrowserName, machine: Machine): string | undefined {
  const named = machine.env[pathVariable[name]];
  if (named !== undefined && named !== '') return named;
  return systemPaths[name].find((path) => machine.exists(path));
}

function executable(path: string | undefined): Pick<BrowserLaunch, 'executablePath'> {
  return path === undefined ? {} : { executablePath: path };
}

const bundled = { chromium, firefox };

const thisMachine: Machine = {
  env: process.env,
  isRoot: process.getuid?.() === 0,
  exists: existsSync,
  bundledPath: (name) => bundled[name].executablePath(),
};
