/**
 * The dependency rule of docs/ARCHITECTURE.md: which room may import which. The compiler enforces the same list through
 * the `references` of each room's tsconfig.json; tests/architecture.test.ts keeps the two lists equal. Opening a door
 * between two rooms is therefore two deliberate edits, and a reviewer sees both.
 */
export const doors = {
  domain: [],
  wire: ['domain'],
  crypto: ['wire', 'domain'],
  account: ['crypto', 'wire', 'domain'],
  rpc: ['domain'],
  vault: ['crypto', 'wire', 'domain'],
  storage: ['crypto', 'wire', 'domain'],
  mls: ['account', 'crypto', 'wire', 'domain'],
  sync: ['account', 'crypto', 'wire', 'domain'],
  core: ['account', 'vault', 'storage', 'mls', 'sync', 'crypto', 'wire', 'rpc', 'domain'],
  platform: ['storage', 'sync', 'vault', 'wire', 'rpc', 'domain'],
  tabs: ['rpc', 'domain'],
  shell: ['rpc', 'domain'],
  workers: ['core', 'platform', 'tabs', 'shell', 'rpc', 'storage', 'sync', 'crypto', 'domain'],
  ui: ['rpc', 'tabs', 'domain'],
  relay: ['account', 'crypto', 'wire', 'domain'],
};

/** A package enters the product through the rooms that wrap it, so that replacing it touches those rooms only. */
const packageHomes = {
  cborg: ['wire'],
  '@noble/': ['crypto', 'storage', 'mls'],
  'ts-mls': ['mls'],
  '@sqlite.org/': ['storage', 'platform', 'workers'],
  'idb-keyval': ['platform'],
  comlink: ['rpc', 'tabs', 'platform', 'workers', 'ui'],
  'workbox-window': ['tabs'],
  vue: ['ui'],
  'vue-router': ['ui'],
  '@lucide/': ['ui'],
  '@fontsource': ['ui'],
  uqr: ['ui'],
  fastify: ['relay'],
  ws: ['relay'],
};

const tests = '\\.test\\.ts$|\\.frozen\\.ts$|/testing/';
const product = '^(src|relay)/';

/**
 * The page names a worker by address (`?worker&url`), which carries no types and no code across. This tool does not see
 * the question mark; the compiler does, and refuses a worker that is imported without it.
 */
const workerEntry = '^src/workers/[^/]+\\.worker\\.ts$';

const folder = (room) => (room === 'relay' ? 'relay' : `src/${room}`);
const inside = (rooms) => `^(${rooms.map(folder).join('|')})/`;

const roomRules = Object.entries(doors).map(([room, open]) => ({
  name: `door-of-${room}`,
  comment: `${folder(room)} may import ${open.length === 0 ? 'no other room' : open.map(folder).join(', ')}.`,
  severity: 'error',
  from: { path: inside([room]), pathNot: tests },
  to: {
    path: product,
    pathNot: [inside([room, ...open]), ...(room === 'tabs' ? [workerEntry] : [])],
  },
}));

const packageRules = Object.entries(packageHomes).map(([name, rooms]) => ({
  name: `home-of-${name.replace(/[@/]/g, '')}`,
  comment: `${name} is used by ${rooms.map(folder).join(', ')} only.`,
  severity: 'error',
  from: { path: product, pathNot: [tests, inside(rooms)] },
  to: { path: `(^|/)node_modules/${name.endsWith('/') || name.startsWith('@') ? name : `${name}(/|$)`}` },
}));

export default {
  forbidden: [
    ...roomRules,
    ...packageRules,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { pathNot: workerEntry } } },
    {
      name: 'node-only-in-relay',
      comment: 'A browser has no Node.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'product-without-tests',
      comment: 'What ships never imports what tests it.',
      severity: 'error',
      from: { path: product, pathNot: tests },
      to: { path: [tests, '^(tests|e2e|bench|assure|sim|scripts|demo)/'] },
    },
    {
      name: 'no-development-dependency',
      comment: 'What ships imports what is listed in "dependencies".',
      severity: 'error',
      from: { path: product, pathNot: tests },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: 'node_modules/(@types|vite)/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^virtual:|\\?' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.tsc)/|/assembly/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
