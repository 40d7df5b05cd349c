/** What a first visit must load before it can chat, as it crosses the wire. Exit code 3: there is no build to weigh. */
import { existsSync, readFileSync } from 'node:fs';
import { parseRelease } from '../../src/shell/release.ts';
import { inRoot } from '../lib/paths.ts';
import { weigh } from './weight.ts';

const budgetKb = 700;

if (!existsSync(inRoot('dist/index.html'))) {
  console.log('dist/ is not built, so there is nothing to weigh: npm run build');
  process.exit(3);
}
const release = parseRelease(readFileSync(inRoot('dist/release.json'), 'utf8'));
if (!release.ok) throw new Error(`dist/release.json is malformed: ${release.error.detail}`);

const { parts, totalKb } = weigh(release.value.files, (path) => readFileSync(inRoot('dist', path)));
for (const { path, kb } of parts) console.log(`${kb.toFixed(1).padStart(8)} KB  ${path}`);
console.log(`${totalKb.toFixed(1).padStart(8)} KB  in all, of ${budgetKb} KB`);
if (parts.length === 0) console.error('dist/release.json marks no file as critical, so nothing was weighed.');
process.exitCode = parts.length > 0 && totalKb <= budgetKb ? 0 : 1;
