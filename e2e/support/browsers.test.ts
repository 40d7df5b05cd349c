import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBrowser, type Machine } from './browsers.ts';

function machine(present: string[], env: Record<string, string> = {}, isRoot = false): Machine {
  return { env, isRoot, exists: (path) => present.includes(path), bundledPath: (name) => `/bundled/${name}` };
}

describe('finding a browser to test in', () => {
  test('a path named by the caller wins over the system', () => {
    const found = findBrowser('chromium', machine(['/usr/bin/chromium'], { CHROMIUM: '/opt/chromium' }));
    expect(found?.executablePath).toBe('/opt/chromium');
  });

  test("the system's browser wins over the bundled one", () => {
    const found = findBrowser('chromium', machine(['/usr/bin/google-chrome', '/bundled/chromium']));
    expect(found?.executablePath).toBe('/usr/bin/google-chrome');
  });

  test('the bundled browser is launched without a path, as its own runner finds it', () => {
    expect(findBrowser('chromium', machine(['/bundled/chromium']))).not.toHaveProperty('executablePath');
    expect(findBrowser('firefox', machine(['/bundled/firefox']))).not.toHaveProperty('channel');
  });

  test('an unpatched Firefox is driven over WebDriver BiDi', () => {
    expect(findBrowser('firefox', machine(['/usr/bin/firefox-esr']))?.channel).toBe('moz-firefox');
  });

  test('Chromium goes without all that this Playwright does without', () => {
    const bundle = createRequire(import.meta.url).resolve('playwright-core/package.json');
    const code = readFileSync(join(dirname(bundle), 'lib/coreBundle.js'), 'utf8');
    const list = /disabledFeatures = \[(.*?)\]/s.exec(code)?.[1] ?? '';
    const names = [...list.matchAll(/^\s*"(\w+)"/gm)].map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(10);
    const args = findBrowser('chromium', machine(['/usr/bin/chromium']))?.args ?? [];
    const switches = args.filter((arg) => arg.startsWith('--disable-features='));
    expect(switches).toHaveLength(1);
    expect(switches[0]!.split(/[=,]/)).toEqual(expect.arrayContaining(names));
  });

  test('the sandbox is given up only where it cannot work, as root', () => {
    expect(findBrowser('chromium', machine(['/usr/bin/chromium']))?.chromiumSandbox).toBe(true);
    expect(findBrowser('chromium', machine(['/usr/bin/chromium'], {}, true))?.chromiumSandbox).toBe(false);
  });

  test('a machine without a browser says so', () => {
    expect(findBrowser('firefox', machine([]))).toBeUndefined();
  });
});
