/** Every package that ships, direct or not, has a licence that lets Sotto be Apache-2.0. */
import { readFileSync } from 'node:fs';
import { inRoot } from '../lib/paths.ts';
import { refusedLicences, type LockedPackages } from './licence-rules.ts';

const lockfile = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')) as {
  packages: LockedPackages;
};
const refused = refusedLicences(lockfile.packages, licenceOnDisk);
for (const { location, licence } of refused) console.error(`${location}: ${licence ?? 'no licence named'}`);
process.exitCode = refused.length === 0 ? 0 : 1;

/** Some lockfile entries carry no licence; the package itself does. */
function licenceOnDisk(location: string): string | undefined {
  const manifest = JSON.parse(readFileSync(inRoot(location, 'package.json'), 'utf8')) as { license?: string };
  return manifest.license;
}
