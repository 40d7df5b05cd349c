import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildHouse, type PlantedHouse } from './planted-house.ts';

let house: PlantedHouse;

beforeAll(() => {
  house = buildHouse();
});
afterAll(() => {
  house.demolish();
});

const compile = (room: string) => house.run('vue-tsc/bin/vue-tsc.js', '-b', room);
const cruise = (...more: string[]) =>
  house.run(
    'dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    ...more,
    'src',
    'relay',
  );
const lint = (...args: string[]) => house.run('eslint/bin/eslint.js', '--max-warnings', '0', ...args);
const toFiles = (planted: readonly (readonly [what: string, file: string, text: string, rule: string])[]) =>
  Object.fromEntries(planted.map(([, file, text]) => [file, text]));

/** Plants files for the length of one check. A tool takes seconds to start, so one run looks at many. */
function withPlanted<T>(files: Readonly<Record<string, string>>, check: () => T): T {
  for (const [file, text] of Object.entries(files)) house.plant(file, text);
  try {
    return check();
  } finally {
    for (const file of Object.keys(files)) house.remove(file);
  }
}

describe('a house in order', () => {
  test('compiles and keeps its doors', () => {
    expect(compile('.')).toMatchObject({ code: 0, output: '' });
    expect(cruise()).toMatchObject({ code: 0 });
  });

  test('lets a room import what it may', () => {
    const allowed = "import { chair } from '../domain/furniture.ts';\nexport const wired = chair;\n";
    withPlanted({ 'src/wire/allowed.ts': allowed }, () => {
      expect(compile('src/wire').code).toBe(0);
      expect(cruise().code).toBe(0);
      expect(lint('src/wire/allowed.ts').code).toBe(0);
    });
  });

  test('has the same doors for the compiler and for the dependency check', async () => {
    const { doors } = (await import(path.resolve('.dependency-cruiser.mjs'))) as { doors: Record<string, string[]> };
    expect(Object.keys(doors).sort()).toEqual([...house.rooms, 'relay'].map((room) => path.basename(room)).sort());
    for (const [room, open] of Object.entries(doors)) {
      expect(referencedRooms(room), room).toEqual([...open].sort());
    }
  });
});

describe('the compiler refuses', () => {
  test.each([
    ['the page in core', 'src/core', 'export const title = document.title;\n', "'document'"],
    ['a timer below the composition root', 'src/sync', 'export const id = setTimeout(() => 1, 1);\n', "'setTimeout'"],
    ['the network in the vault', 'src/vault', "export const page = fetch('/');\n", "'fetch'"],
    ['a window in the service worker', 'src/shell', 'export const width = window.innerWidth;\n', "'window'"],
    ['Node in a room of the browser', 'src/storage', "export * from 'node:fs';\n", "'node:fs'"],
    ['storage in mls', 'src/mls', "export { chair } from '../storage/furniture.ts';\n", 'TS6307'],
    ['a worker imported as code', 'src/tabs', "export { chair } from '../workers/furniture.ts';\n", 'TS6307'],
    ['core in the page', 'src/ui', "export { chair } from '../core/furniture.ts';\n", 'TS6307'],
    ['an enum', 'src/domain', 'export enum Colour {\n  Red,\n}\n', 'erasableSyntaxOnly'],
  ])('%s', (_what, room, text, complaint) => {
    const { code, output } = withPlanted({ [`${room}/planted.ts`]: text }, () => compile(room));
    expect(code).not.toBe(0);
    expect(output).toContain(`${room}/planted.ts`);
    expect(output).toContain(complaint);
  });
});

describe('the dependency check refuses', () => {
  const planted = [
    ['storage in mls', 'src/mls/planted.ts', "export { chair } from '../storage/furniture.ts';\n", 'door-of-mls'],
    ['types of core in the page', 'src/ui/planted.ts', "export type * from '../core/furniture.ts';\n", 'door-of-ui'],
    ['core in the relay', 'relay/core.ts', "export { chair } from '../src/core/furniture.ts';\n", 'door-of-relay'],
    ['the MLS engine outside mls', 'src/core/planted.ts', "export * from 'ts-mls';\n", 'home-of-ts-mls'],
    ['Node in the browser', 'src/platform/planted.ts', "export * from 'node:fs';\n", 'node-only-in-relay'],
    ['a test tool in the product', 'src/domain/planted.ts', "export * from 'vitest';\n", 'no-development-dependency'],
    [
      'tests in the product',
      'relay/test.ts',
      "export { table } from '../tests/furniture.ts';\n",
      'product-without-tests',
    ],
    ['a file that is not there', 'src/wire/planted.ts', "export * from './absent.ts';\n", 'resolvable'],
  ] as const;

  let violations: readonly {
    readonly from: string;
    readonly rule: { readonly name: string; readonly severity: string };
  }[];
  beforeAll(() => {
    const { answer } = withPlanted(toFiles(planted), () => cruise('--output-type', 'json'));
    const { summary } = JSON.parse(answer) as { summary: { violations: typeof violations } };
    violations = summary.violations;
  });

  test.each(planted)('%s', (_what, file, _text, rule) => {
    const broken = violations.filter(({ from }) => from === file).map((violation) => violation.rule);
    // A mere warning would stop nobody.
    expect(broken).toContainEqual({ name: rule, severity: 'error' });
  });

  test('a circle, even of types', () => {
    const circle = {
      'src/core/hen.ts': "import type { Egg } from './egg.ts';\nexport interface Hen {\n  egg: Egg;\n}\n",
      'src/core/egg.ts': "import type { Hen } from './hen.ts';\nexport interface Egg {\n  hen: Hen;\n}\n",
    };
    // As `npm run verify` runs it: its exit code is what stops a change.
    const { code, output } = withPlanted(circle, cruise);
    expect(code).not.toBe(0);
    expect(output).toContain('no-circular');
  });
});

describe('the linter refuses', () => {
  const planted = [
    ['a clock', 'src/core/clock.ts', 'export const now = Date.now();\n', 'no-restricted-properties'],
    ['a clock in other words', 'src/core/watch.ts', 'export const now = new Date();\n', 'no-restricted-syntax'],
    ['chance', 'src/mls/planted.ts', 'export const dice = Math.random();\n', 'no-restricted-properties'],
    [
      'a promise that nobody awaits',
      'relay/planted.ts',
      'Promise.resolve(1);\n',
      '@typescript-eslint/no-floating-promises',
    ],
    ['any', 'src/rpc/planted.ts', 'export const thing: any = 1;\n', '@typescript-eslint/no-explicit-any'],
    ['HTML from a string', 'src/ui/planted.ts', "document.body.innerHTML = '<b>hi</b>';\n", 'no-restricted-syntax'],
    [
      'HTML from a string in a template',
      'src/ui/Template.vue',
      '<script setup lang="ts">\nconst text = \'\';\n</script>\n\n<template>\n  <p v-html="text" />\n</template>\n',
      'vue/no-v-html',
    ],
    [
      'a promise that nobody awaits in a component',
      'src/ui/Planted.vue',
      '<script setup lang="ts">\nPromise.resolve(1);\n</script>\n\n<template>\n  <p />\n</template>\n',
      '@typescript-eslint/no-floating-promises',
    ],
  ] as const;

  let results: readonly { readonly filePath: string; readonly messages: readonly { readonly ruleId: string }[] }[];
  beforeAll(() => {
    const files = toFiles(planted);
    const { code, answer } = withPlanted(files, () => lint('--format', 'json', ...Object.keys(files)));
    expect(code).not.toBe(0);
    results = JSON.parse(answer) as typeof results;
  });

  test.each(planted)('%s', (_what, file, _text, rule) => {
    const messages = results.find(({ filePath }) => filePath.endsWith(`/${file}`))?.messages;
    expect(messages?.map(({ ruleId }) => ruleId)).toContain(rule);
  });
});

describe('the search for unused code', () => {
  test('finds a file that nothing imports', () => {
    const { code, output } = withPlanted({ 'src/core/forgotten.ts': 'export const dust = 1;\n' }, () =>
      house.run('knip/bin/knip.js', '--no-progress', '--no-config-hints', '--include', 'files'),
    );
    expect(code).not.toBe(0);
    expect(output).toContain('src/core/forgotten.ts');
  });
});

/** The rooms named by `references` in a room's tsconfig.json, sorted. */
function referencedRooms(room: string): string[] {
  const folder = room === 'relay' ? '../relay' : `../src/${room}`;
  const text = readFileSync(path.join(import.meta.dirname, folder, 'tsconfig.json'), 'utf8');
  const { references } = JSON.parse(text) as { references: { path: string }[] };
  return references.map((reference) => path.basename(reference.path)).sort();
}
