import { describe, expect, test } from 'vitest';
import { isAllowed, refusedLicences, shippedPackages, type LockedPackages } from './licence-rules.ts';

const silent = (): undefined => undefined;

const packages: LockedPackages = {
  '': { dependencies: { router: '1' } },
  'node_modules/router': {
    license: 'MIT',
    dependencies: { deep: '2' },
    peerDependencies: { bundler: '*', vue: '*' },
    peerDependenciesMeta: { bundler: { optional: true } },
  },
  'node_modules/router/node_modules/deep': { license: 'ISC', dependencies: { shared: '1' } },
  'node_modules/deep': { license: 'GPL-3.0-only' },
  'node_modules/shared': { license: 'BSD-3-Clause' },
  'node_modules/vue': { license: 'MIT' },
  'node_modules/bundler': { license: 'MPL-2.0' },
};

describe('what ships', () => {
  test('is what the product depends on, found where Node finds it', () => {
    expect(shippedPackages(packages)).toEqual([
      'node_modules/router',
      'node_modules/router/node_modules/deep',
      'node_modules/shared',
      'node_modules/vue',
    ]);
  });
});

describe('a licence', () => {
  test('off the list is refused, however deep it sits', () => {
    const copyleft = { ...packages, 'node_modules/shared': { license: 'AGPL-3.0-only' } };
    expect(refusedLicences(packages, silent)).toEqual([]);
    expect(refusedLicences(copyleft, silent)).toEqual([{ location: 'node_modules/shared', licence: 'AGPL-3.0-only' }]);
  });

  test('that nobody names is refused', () => {
    const unnamed = { ...packages, 'node_modules/shared': {} };
    expect(refusedLicences(unnamed, silent)).toHaveLength(1);
    expect(refusedLicences(unnamed, () => 'MIT')).toEqual([]);
  });

  test('may be a choice of which one is allowed, but not a sum of which one is not', () => {
    expect(isAllowed('(MIT OR GPL-2.0-only)')).toBe(true);
    expect(isAllowed('MIT AND GPL-2.0-only')).toBe(false);
  });
});
