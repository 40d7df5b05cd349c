import type { EngineName } from './engines/bench-engine.ts';
import type { Lab, LabWorker } from './lab.ts';
import type { FileCalls } from './page/worker-api.ts';
import { folderOf, PEERS, TITLES } from './peers.ts';
import type { Recorder } from './recorder.ts';
import type { Recording } from './recording.ts';
import { rotated } from './rotation.ts';
import type { Site } from './site.ts';

interface Taken {
  readonly totalMs: number;
  readonly eachMs: readonly number[];
}

/** The engines of the table with one and the same database each, doing the same things one after the other. */
export interface Turns {
  readonly engines: readonly EngineName[];
  worker(engine: EngineName): LabWorker;
  /** One recording, by everybody in turn. Refuses where one read other rows than another: that is not equal work. */
  take(round: number, recording: Recording, as: 'transactions' | 'reads'): Promise<ReadonlyMap<EngineName, Taken>>;
  count(recording: Recording): Promise<ReadonlyMap<EngineName, FileCalls>>;
  end(): Promise<void>;
}

/** An engine that this browser does not run is named and left out. */
export const startTurns = async (lab: Lab, site: Site, recorder: Recorder, browser: string): Promise<Turns> => {
  const schema = site.publish('schema', recorder.schema());
  const workers: LabWorker[] = [];
  for (const engine of PEERS) {
    try {
      const worker = await lab.start(engine, folderOf(engine));
      await worker.call('create', schema);
      workers.push(worker);
    } catch (error) {
      console.error(`storage: ${browser}: ${TITLES[engine]} does not run here: ${String(error)}`);
    }
  }
  const turns = turnsOf(site, workers);
  const [ours, plain] = await Promise.all([
    turns.worker('sotto').call('settings'),
    turns.worker('plain').call('settings'),
  ]);
  if (ours !== plain) throw new Error(`other settings than ours: ${ours}, ${plain}`);
  await turns.take(0, recorder.prepare(), 'transactions');
  return turns;
};

const turnsOf = (site: Site, workers: readonly LabWorker[]): Turns => ({
  engines: workers.map(({ engine }) => engine),

  worker(engine) {
    const found = workers.find((worker) => worker.engine === engine);
    if (found === undefined) throw new Error(`${engine} does not run here`);
    return found;
  },

  async take(round, recording, as) {
    const address = site.publish('turn', recording);
    const taken = new Map<EngineName, Taken>();
    const rows = new Set<number>();
    for (const worker of rotated(workers, round)) {
      const replayed = await worker.call('replay', address, as);
      taken.set(worker.engine, replayed);
      rows.add(replayed.rows);
    }
    if (rows.size > 1) throw new Error(`engines read ${[...rows].join(' and ')} rows of the same statements`);
    return taken;
  },

  async count(recording) {
    const address = site.publish('counted', recording);
    const counted = new Map<EngineName, FileCalls>();
    for (const worker of workers) counted.set(worker.engine, await worker.call('countCalls', address));
    return counted;
  },

  async end() {
    for (const worker of workers) {
      await worker.call('close');
      await worker.end();
    }
  },
});
