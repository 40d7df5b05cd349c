/** `npm run verify`: everything that must hold before code is shared, the same here and in CI. */
import { endChildrenWithMe, seconds } from '../lib/child.ts';
import { gates } from '../lib/gates.ts';
import { runGates } from '../lib/run-gates.ts';
import { formatTally, sum } from '../lib/tally.ts';

endChildrenWithMe();
const startedMs = performance.now();
const tallies = await runGates(gates);
const failedGates = tallies.filter((tally) => tally.failed > 0).length;
const verdict = failedGates === 0 ? 'every gate holds' : `${failedGates} of ${gates.length} gates failed`;
console.log(`\nverify: ${verdict} in ${seconds(performance.now() - startedMs)} (${formatTally(sum(tallies))})`);
process.exitCode = failedGates === 0 ? 0 : 1;
