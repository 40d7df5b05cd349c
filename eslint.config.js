import pluginVue from 'eslint-plugin-vue';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * Typed rules reach into every TypeScript and Vue file. What the compiler's zones already forbid (`document` in core)
 * is not repeated here; what they cannot see is (`Date.now` is part of ECMAScript, so every zone has it).
 */
const platformFreeRooms = ['domain', 'wire', 'crypto', 'account', 'vault', 'storage', 'mls', 'sync', 'core', 'rpc'];
const testFiles = ['**/*.test.ts', '**/testing/**', 'tests/**', 'e2e/**'];
const nodeFiles = ['scripts/**', 'bench/**', 'assure/**', 'sim/**', 'demo/**', 'relay/**', '*.config.ts'];

const injected = 'is injected through the ports of src/domain/ports.ts, so that every run can be repeated exactly';
const impureGlobals = [
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'performance',
  'console',
  'navigator',
  'indexedDB',
  'WebSocket',
  'process',
];
const impureProperties = [
  { object: 'Date', property: 'now' },
  { object: 'Math', property: 'random' },
  { property: 'getRandomValues' },
  { property: 'randomUUID' },
];

const noEnums = {
  selector: 'TSEnumDeclaration',
  message: 'Use an `as const` object: an enum is code that type stripping cannot remove.',
};
const noHtmlStrings = {
  selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]',
  message: 'Text reaches the page through Vue; a string of HTML is an injection waiting to happen.',
};
const noClock = {
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message: `The clock ${injected}.`,
};

export default defineConfig(
  { ignores: ['dist/', '.tsc/', '.cache/', 'test-results/', 'playwright-report/', 'data/', 'public/', '**/assembly/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    rules: {
      eqeqeq: 'error',
      'no-constant-condition': ['error', { checkLoops: false }],
      'no-empty': 'error',
      'no-eval': 'error',
      'no-implicit-coercion': 'error',
      'no-new-func': 'error',
      'no-param-reassign': 'error',
      'no-useless-assignment': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.ts', '**/*.vue'],
    extends: [tseslint.configs.recommendedTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.vue'] },
    },
    rules: {
      'no-restricted-syntax': ['error', noEnums, noHtmlStrings],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // A port that is asynchronous by contract has synchronous implementations: memory stores, fakes.
      '@typescript-eslint/require-await': 'off',
      // `type` for unions and functions, `interface` for shapes, is decided by reading, not by rule.
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: [`src/{${platformFreeRooms.join(',')}}/**/*.ts`],
    ignores: testFiles,
    rules: {
      'no-restricted-globals': [
        'error',
        ...impureGlobals.map((name) => ({ name, message: `\`${name}\` ${injected}.` })),
      ],
      'no-restricted-properties': ['error', ...impureProperties.map((p) => ({ ...p, message: `This ${injected}.` }))],
      'no-restricted-syntax': ['error', noEnums, noHtmlStrings, noClock],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'This room runs in a browser too.' }] },
      ],
    },
  },
  {
    files: ['**/*.vue'],
    extends: [pluginVue.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      ...pluginVue.configs['no-layout-rules'].rules, // layout is Prettier's
      'no-restricted-globals': [
        'error',
        { name: 'console', message: 'Errors are shown to people, not to the console.' },
      ],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/define-emits-declaration': ['error', 'type-based'],
      'vue/multi-word-component-names': 'off',
      // A prop that is optional in its type is `undefined` when absent, and the compiler sees to it.
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
    },
  },
  {
    files: testFiles,
    rules: {
      // A test that reads past the end of an array fails by itself; fakes are called for effect.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['src/**/*.ts'], ignores: testFiles, rules: { 'no-console': 'error' } },
  { files: nodeFiles, rules: { 'no-console': 'off' } },
);
