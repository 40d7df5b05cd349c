/** The part of an entry of package-lock.json that says what comes along with a package, and under which terms. */
export interface LockedPackage {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** By path below the root, which itself is ''. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>;

const allowed = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'OFL-1.1',
]);

export interface RefusedLicence {
  readonly location: string;
  readonly licence: string | undefined;
}

/** The packages that ship and may not. Where the lockfile names no licence, `licenceOf` asks the package itself. */
export function refusedLicences(
  packages: LockedPackages,
  licenceOf: (location: string) => string | undefined,
): RefusedLicence[] {
  return shippedPackages(packages)
    .map((location) => ({ location, licence: packages[location]?.license ?? licenceOf(location) }))
    .filter(({ licence }) => licence === undefined || !isAllowed(licence));
}

/**
 * Everything reached from the root's `dependencies`. Optional peers are left out: `vue-router` may work with Vite, but
 * that does not bring Vite along. The lockfile's own `dev` marks do not tell the two apart.
 */
export function shippedPackages(packages: LockedPackages): string[] {
  const seen = new Set<string>();
  const visit = (from: string, names: readonly string[]): void => {
    for (const name of names) {
      const location = resolve(packages, from, name);
      if (location === undefined || seen.has(location)) continue;
      seen.add(location);
      visit(location, needs(packages[location] ?? {}));
    }
  };
  visit('', Object.keys(packages['']?.dependencies ?? {}));
  return [...seen].sort();
}

/** Understands `A OR B` (one of them must be allowed) and `A AND B` (all must), as licences are written in practice. */
export function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isAllowed);
  if (bare.includes(' AND ')) return bare.split(' AND ').every(isAllowed);
  return allowed.has(bare);
}

function needs(entry: LockedPackage): string[] {
  const peers = Object.keys(entry.peerDependencies ?? {});
  const requiredPeers = peers.filter((name) => entry.peerDependenciesMeta?.[name]?.optional !== true);
  return [...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }), ...requiredPeers];
}

/** Where Node would find `name` from inside `from`: the nearest node_modules on the way up; optional ones may be absent. */
function resolve(packages: LockedPackages, from: string, name: string): string | undefined {
  const steps = from === '' ? [] : from.split(/\/?node_modules\//).slice(1);
  for (let depth = steps.length; depth >= 0; depth -= 1) {
    const location = [...steps.slice(0, depth), name].map((step) => `node_modules/${step}`).join('/');
    if (packages[location] !== undefined) return location;
  }
  return undefined;
}
