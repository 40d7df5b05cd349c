/** `node sim/commit-rows/run.ts [walks] [longest walk] [faults, comma-separated] [rules to leave out]`. */
import { RULES } from './rules.ts';
import { walk, type Faults } from './walk.ts';

const [walks = '20000', longest = '9', faultNames = '', leftOut = ''] = process.argv.slice(2);
const faults = Object.fromEntries(faultNames.split(',').map((name) => [name, true])) as Faults;
const rules = Object.fromEntries(
  Object.keys(RULES).map((name) => [name, !leftOut.split(',').includes(name)]),
) as typeof RULES;

const counts = new Map<string, { count: number; shortest: readonly string[] }>();
let rest = 0;
let allBroken = 0;
for (let index = 0; index < Number(walks); index += 1) {
  const outcome = walk(index * 7_919 + 13, 1 + (index % Number(longest)), faults, rules);
  if (outcome.tag === 'rest') rest += 1;
  if (outcome.tag === 'all-broken') allBroken += 1;
  if (outcome.tag !== 'violation') continue;
  const what = outcome.what + (outcome.isOutnumbered ? ' (malicious >= honest)' : '');
  const known = counts.get(what);
  const isShorter = known === undefined || outcome.trace.length < known.shortest.length;
  counts.set(what, { count: (known?.count ?? 0) + 1, shortest: isShorter ? outcome.trace : known.shortest });
}
console.log(`${walks} walks of up to ${longest} actions: ${rest} came to rest, in ${allBroken} everybody was broken`);
for (const [what, { count, shortest }] of counts)
  console.log(`  ${what}: ${count}, for example ${shortest.join('; ')}`);
