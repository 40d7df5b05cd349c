import { seconds } from './child.ts';
import type { Gate, GateResult } from './gates.ts';
import { patience } from './patience.ts';
import { formatTally, oneFailed, type Tally } from './tally.ts';

/**
 * Runs gates one after the other, all of them even if one fails: a person wants the whole list. One line each; the
 * output of a gate follows its line if it failed or was skipped.
 *
 * @param deadlineMs point of `performance.now()` by which everything has to be over
 */
export async function runGates(gates: readonly Gate[], deadlineMs = Infinity): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const gate of gates) {
    const startedMs = performance.now();
    const limitMs = Math.max(1_000, Math.min(gate.limitMs * patience, deadlineMs - startedMs));
    const { tally, details } = await gate.run(limitMs).catch(crashed);
    tallies.push(tally);
    const duration = seconds(performance.now() - startedMs).padStart(8);
    console.log(`${mark(tally)} ${gate.name.padEnd(24)} ${duration}  ${formatTally(tally)}`);
    if (tally.failed > 0 || tally.skipped > tally.passed) console.log(indent(details));
  }
  return tallies;
}

function crashed(error: unknown): GateResult {
  return { tally: oneFailed, details: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function mark(tally: Tally): string {
  if (tally.failed > 0) return '✗';
  return tally.passed > 0 ? '✓' : '-';
}

function indent(text: string): string {
  return text.trim().replace(/^/gm, '    ');
}
