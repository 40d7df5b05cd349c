/**
 * What a file of this folder is: `assure/<area>.ts` exports an `AssureArea` by default, and `npm run assure -- <area>`
 * runs it. A suite tries one promise of the product in very many ways and says how often it was broken.
 *
 * Every suite has at least one control: the same check run over a planted fault. A check that cannot turn red proves
 * nothing, so a suite without a control fails.
 */
export interface AssureLine {
  /** What was promised, in words that a person understands: `a crash at any file operation loses nothing stored`. */
  readonly name: string;
  /** How many cases were run. */
  readonly tried: number;
  /** How many of them broke the promise. */
  readonly bad: number;
  /** How many cases this scale asks for; fewer tried is a failure, because the check did not do its work. */
  readonly asked: number;
  /** The first broken case, with what is needed to run it again (seed, case number). Never key material. */
  readonly example?: string;
  /** What this machine lacks for it, where people may well lack that: it is counted as skipped, never as kept. */
  readonly skipped?: string;
}

export interface AssureContext {
  /** 1 is the full run; `npm test` runs a small part of it. */
  readonly scale: number;
  /** All chance comes from here, so that the same seed tries the same cases. */
  readonly seed: number;
  /** How many cases to try here when a full run asks for `atFullScale`; at least one. */
  asked(atFullScale: number): number;
}

/** Yields a line as soon as it is known. A throw is a bug of the suite and fails the run. */
export type AssureSuite = (context: AssureContext) => AsyncIterable<AssureLine>;

/**
 * An area whose full run takes long exports its parts by name, each with a control of its own: `--part NAME` runs one of
 * them, and a full run that was interrupted goes on with the next.
 */
export type AssureArea = AssureSuite | Readonly<Record<string, AssureSuite>>;

/** The report on a control: a planted fault was tried `tried` times, and was it seen every time? */
export function controlLine(name: string, control: { tried: number; turnedRed: boolean }): AssureLine {
  return { name: `${controlPrefix}${name}`, tried: control.tried, bad: control.turnedRed ? 0 : 1, asked: 1 };
}

export const controlPrefix = 'control: ';
