import {
  controlPrefix,
  type AssureArea,
  type AssureContext,
  type AssureLine,
  type AssureSuite,
} from '../../assure/contract.ts';
import { nothing, oneFailed, onePassed, oneSkipped, sum, type Tally } from './tally.ts';

export function createAssureContext(scale: number, seed: number): AssureContext {
  return { scale, seed, asked: (atFullScale) => Math.max(1, Math.ceil(atFullScale * scale)) };
}

/** One without a name where the area is a single suite. */
export function partsOf(area: AssureArea): readonly (readonly [name: string | undefined, AssureSuite])[] {
  return typeof area === 'function' ? [[undefined, area]] : Object.entries(area);
}

/** A promise is kept when it was tried often enough and never broken. */
export function isKept(line: AssureLine): boolean {
  return line.skipped === undefined && line.bad === 0 && line.tried >= line.asked && line.tried > 0;
}

/** One line is one check. A suite whose checks were never seen to turn red has one failure more. */
export function tallyAssurance(lines: readonly AssureLine[]): Tally {
  const hasControl = lines.some((line) => line.name.startsWith(controlPrefix));
  return sum([hasControl ? nothing : oneFailed, ...lines.map(tallyLine)]);
}

function tallyLine(line: AssureLine): Tally {
  if (line.skipped !== undefined) return oneSkipped;
  return isKept(line) ? onePassed : oneFailed;
}

export function describeLine(line: AssureLine): string {
  if (line.skipped !== undefined) return `-   ${line.name}: skipped, ${line.skipped}`;
  const example = line.example === undefined ? '' : `\n    first: ${line.example}`;
  const counts = `${line.tried} tried, ${line.bad} bad, ${line.asked} asked`;
  return `${isKept(line) ? 'ok ' : 'BAD'} ${line.name}: ${counts}${example}`;
}

/** The JSON lines among a run's output; everything else is what tools print around them. */
export function parseLines<Line>(output: string): Line[] {
  return output
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as Line);
}
