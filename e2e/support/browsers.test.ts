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

  test('the sandbox is given up only where it cannot work, as root', () => {
    expect(findBrowser('chromium', machine(['/usr/bin/chromium']))?.chromiumSandbox).toBe(true);
    expect(findBrowser('chromium', machine(['/usr/bin/chromium'], {}, true))?.chromiumSandbox).toBe(false);
  });

  test('a machine without a browser says so', () => {
    expect(findBrowser('firefox', machine([]))).toBeUndefined();
  });
});
