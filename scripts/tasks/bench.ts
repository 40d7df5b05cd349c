/** `npm run bench -- AREA [--scale X] [--browser NAME] [--json]`: measures one area (bench/contract.ts). */
import { parseArgs } from 'node:util';
import { keepsBound, type BenchLine, type BenchSuite } from '../../bench/contract.ts';
import { areaHelp, benchFolder, listAreas, loadArea } from '../lib/areas.ts';
import { minute } from '../lib/gates.ts';
import { ensureBrowser } from '../lib/install-browser.ts';

const installMs = 3 * minute;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '1' },
    browser: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const [area] = positionals;
const areas = listAreas(benchFolder);
if (area === undefined || !areas.includes(area)) {
  console.error(areaHelp(benchFolder, areas, area));
  process.exit(1);
}
const scale = Number(values.scale);
if (!(scale > 0)) {
  console.error('--scale is a number above 0.');
  process.exit(1);
}

const BROWSERS = ['chromium', 'firefox'];
if (values.browser !== undefined && (area !== 'storage' || !BROWSERS.includes(values.browser))) {
  console.error(`--browser is ${BROWSERS.join(' or ')}, and goes with storage.`);
  process.exit(1);
}

// The storage is measured in one of them; everything else in Chromium, and in Firefox too where there is one.
const setup = await ensureBrowser(values.browser === 'firefox' ? 'firefox' : 'chromium', installMs);
if (!setup.found) {
  console.error(`Nothing is measured: ${setup.reason}.`);
  process.exit(1);
}
const suite = await loadArea<BenchSuite>(benchFolder, area);
let allKept = true;
for await (const line of suite({ scale, browser: values.browser })) {
  allKept &&= keepsBound(line);
  console.log(values.json ? JSON.stringify(line) : describe(line));
}
process.exit(allKept ? 0 : 1);

function describe(line: BenchLine): string {
  const ratio = line.ratio === undefined ? '' : `, ${line.ratio.toFixed(2)} x of ${line.baseline ?? '?'} ${line.unit}`;
  const bound = line.must === undefined ? '' : ` (must be ${line.better === 'lower' ? '<=' : '>='} ${line.must})`;
  return `${keepsBound(line) ? 'ok ' : 'BAD'} ${line.name}: ${line.value} ${line.unit}${ratio}${bound}`;
}
