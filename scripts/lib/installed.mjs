// Plain JavaScript without dependencies: scripts/run.mjs needs it before anything is installed.
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Whether node_modules holds what package-lock.json names. npm keeps a record of what it installed; comparing the two
 * by content is right where file times are not (a fresh checkout writes the lockfile after a cached node_modules).
 *
 * @param {string} root folder with package-lock.json
 * @returns {boolean}
 */
export function isInstalled(root) {
  const wanted = readLockfile(path.join(root, 'package-lock.json'));
  const present = readLockfile(path.join(root, 'node_modules', '.package-lock.json'));
  return wanted !== undefined && present !== undefined && isSatisfied(wanted, present);
}

/**
 * @typedef {{ version?: string, optional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages keyed by path below the root, which itself is ''
 */

/**
 * @param {LockedPackages} wanted
 * @param {LockedPackages} present
 * @returns {boolean}
 */
export function isSatisfied(wanted, present) {
  return Object.entries(wanted).every(([location, locked]) => {
    if (location === '') return true;
    const installed = present[location];
    if (installed !== undefined) return installed.version === locked.version;
    return locked.optional === true; // built for another operating system
  });
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function readLockfile(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined; // absent, or cut short by an interrupted install: both mean "install"
  }
}
