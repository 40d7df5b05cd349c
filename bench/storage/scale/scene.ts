import type { BenchLine } from '../../contract.ts';
import type { Rounds } from '../../statistics.ts';
import type { EngineName } from '../engines/bench-engine.ts';
import type { Lab, LabWorker } from '../lab.ts';
import { lineOfTurns } from '../line.ts';

export interface Scene {
  readonly lab: Lab;
  readonly browser: string;
  readonly scale: number;
}

/** A made-up history of so many messages, in a database of its own. */
export interface Stored {
  readonly engine: EngineName;
  readonly messages: number;
}

/** Ours, and what it would be without sealing. */
export const BOTH: readonly EngineName[] = ['plain', 'sotto'];

const folderOf = ({ engine, messages }: Stored): string => `${engine}-${messages}`;

/** A fresh worker that has loaded the engine and opened nothing. */
export const arrive = (lab: Lab, stored: Stored): Promise<LabWorker> => lab.start(stored.engine, folderOf(stored));

export const visit = async (lab: Lab, stored: Stored): Promise<LabWorker> => {
  const worker = await arrive(lab, stored);
  await worker.call('openToFirstPage');
  return worker;
};

export const leave = async (worker: LabWorker): Promise<void> => {
  await worker.call('close');
  await worker.end();
};

/** Rounds to add to, for each of what is compared. */
export const roundsFor = <Key>(keys: readonly Key[]): Map<Key, number[][]> => new Map(keys.map((key) => [key, []]));

/** Ours by the plain engine's. */
export const compareBoth = (
  name: string,
  times: ReadonlyMap<EngineName, Rounds>,
  must: number | undefined,
): BenchLine => lineOfTurns(name, times.get('sotto') ?? [], { unit: 'ms', baseline: times.get('plain') ?? [], must });

export const count = (messages: number): string => messages.toLocaleString('en');
