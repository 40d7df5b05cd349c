import { seconds } from './child.ts';
import type { Gate, GateResult } from './gates.ts';
import { patience } from './patience.ts';
import { formatTally, oneFailed, type Tally } from './tally.ts';

/** A gate that leaves a core idle has another one beside it. */
const LANES = 2;

/**
 * Runs all gates even if one fails: a person wants the whole list. Gates that need the machine for themselves run alone,
 * the others two at a time. One line each; the output of a gate follows its line if it failed or was skipped.
 *
 * @param deadlineMs point of `performance.now()` by which everything has to be over
 */
export async function runGates(gates: readonly Gate[], deadlineMs = Infinity): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const together of inOrder(gates)) {
    const waiting = [...together];
    const runNext = async (): Promise<void> => {
      for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
        tallies.push(await runGate(gate, deadlineMs));
      }
    };
    await Promise.all(Array.from({ length: LANES }, runNext));
  }
  return tallies;
}

/** Neighbours that may run beside each other, together; each of the others by itself. */
function inOrder(gates: readonly Gate[]): readonly (readonly Gate[])[] {
  const groups: Gate[][] = [];
  let open: Gate[] | undefined;
  for (const gate of gates) {
    if (open === undefined || gate.isAlone === true) groups.push((open = []));
    open.push(gate);
    if (gate.isAlone === true) open = undefined;
  }
  return groups;
}

async function runGate(gate: Gate, deadlineMs: number): Promise<Tally> {
  const startedMs = performance.now();
  const limitMs = Math.max(1_000, Math.min(gate.limitMs * patience, deadlineMs - startedMs));
  const { tally, details } = await gate.run(limitMs).catch(crashed);
  const duration = seconds(performance.now() - startedMs).padStart(8);
  console.log(`${mark(tally)} ${gate.name.padEnd(24)} ${duration}  ${formatTally(tally)}`);
  if (tally.failed > 0 || tally.skipped > tally.passed) console.log(indent(details));
  return tally;
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
