import { median } from '../statistics.ts';
import type { EngineName } from './engines/bench-engine.ts';
import type { Recorder } from './recorder.ts';
import type { Recording } from './recording.ts';
import type { Turns } from './turns.ts';

export const BATCH = 100;
/** In a round. So many that each round moves the log into the pages once: 4,000 frames. */
const BULK_COMMITS = 40;
export const BULK_MESSAGES = BULK_COMMITS * BATCH;
const COMMITS = 25;
const PAGES = 60;

/** What an engine took, median over the rounds. */
export interface PeerSample {
  readonly bulkMsPerThousand: number;
  readonly commitMs: number;
  readonly pageMs: number;
}

export const takePeerSamples = async (
  turns: Turns,
  recorder: Recorder,
  rounds: number,
): Promise<ReadonlyMap<EngineName, PeerSample>> => {
  const bulk = samplesOf(turns);
  const commits = samplesOf(turns);
  const pages = samplesOf(turns);
  await turns.take(0, recorder.receive(COMMITS), 'transactions');
  for (let round = 0; round < rounds; round += 1) {
    for (const [engine, { totalMs }] of await turns.take(round, recorder.bulk(BULK_COMMITS, BATCH), 'transactions')) {
      bulk.add(engine, [totalMs]);
    }
    for (const [engine, { eachMs }] of await turns.take(round, recorder.receive(COMMITS), 'transactions')) {
      commits.add(engine, eachMs);
    }
    for (const [engine, { eachMs }] of await turns.take(round, twice(recorder.pages(PAGES)), 'reads')) {
      pages.add(
        engine,
        eachMs.filter((_, number) => number % 2 === 1),
      );
    }
  }
  const sampleOf = (engine: EngineName): PeerSample => ({
    bulkMsPerThousand: (bulk.median(engine) / BULK_MESSAGES) * 1_000,
    commitMs: commits.median(engine),
    pageMs: pages.median(engine),
  });
  return new Map(turns.engines.map((engine) => [engine, sampleOf(engine)]));
};

const samplesOf = ({ engines }: Turns) => {
  const lists = new Map<EngineName, number[]>(engines.map((engine) => [engine, []]));
  return {
    add: (engine: EngineName, values: readonly number[]) => void lists.get(engine)?.push(...values),
    median: (engine: EngineName) => median(lists.get(engine) ?? []),
  };
};

/** Each page twice in a row: the second one is warm. */
const twice = ({ texts, transactions }: Recording): Recording => ({
  texts,
  transactions: transactions.flatMap((page) => [page, page]),
});
