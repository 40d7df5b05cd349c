/** `npm run assure -- AREA [--part NAME ...] [--scale X] [--seed N] [--json]`: tries one area's promises (assure/contract.ts). */
import { parseArgs } from 'node:util';
import type { AssureArea, AssureLine } from '../../assure/contract.ts';
import { areaHelp, assureFolder, listAreas, loadArea } from '../lib/areas.ts';
import { createAssureContext, describeLine, partsOf, tallyAssurance } from '../lib/assurance.ts';
import { formatTally } from '../lib/tally.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    part: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});
const [area] = positionals;
const areas = listAreas(assureFolder);
if (area === undefined || !areas.includes(area)) {
  console.error(areaHelp(assureFolder, areas, area));
  process.exit(1);
}
const scale = Number(values.scale);
const seed = Number(values.seed);
if (!(scale > 0) || !Number.isSafeInteger(seed)) {
  console.error('--scale is a number above 0, --seed a whole number.');
  process.exit(1);
}

const parts = partsOf(await loadArea<AssureArea>(assureFolder, area));
const names = parts.map(([name]) => name ?? '');
const unknown = values.part.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(
    `${area} has no part "${unknown}". Parts: ${names.filter((name) => name !== '').join(', ') || 'none'}.`,
  );
  process.exit(1);
}
const lines: AssureLine[] = [];
for (const [name, suite] of parts) {
  if (values.part.length > 0 && !values.part.includes(name ?? '')) continue;
  for await (const line of suite(createAssureContext(scale, seed))) {
    lines.push(line);
    console.log(values.json ? JSON.stringify(line) : describeLine(line));
  }
}
const tally = tallyAssurance(lines);
if (!values.json) console.log(`${area} (scale ${scale}, seed ${seed}): ${formatTally(tally)}`);
process.exit(tally.failed === 0 ? 0 : 1);
