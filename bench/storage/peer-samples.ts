import type { Rounds } from '../statistics.ts';
import type { EngineName } from './engines/bench-engine.ts';
import type { Recorder } from './recorder.ts';
import type { Recording } from './recording.ts';
import type { Turns } from './turns.ts';

export const BATCH = 100;
/** In a round. So many that each round moves the log into the pages once: 4,000 frames. */
const BULK_COMMITS = 40;
export const BULK_MESSAGES = BULK_COMMITS * BATCH;
const COMMITS = 25;
const PAGES = 30;
/** In a round: a page is read in a third of a millisecond, so that one turn is soon over. */
const PAGE_TURNS = 4;

/** What an engine took, round by round. */
export interface PeerSample {
  readonly bulkMsPerThousand: Rounds;
  readonly commitMs: Rounds;
  readonly pageMs: Rounds;
}

export const takePeerSamples = async (
  turns: Turns,
  recorder: Recorder,
  rounds: number,
): Promise<ReadonlyMap<EngineName, PeerSample>> => {
  const bulk = roundsOf(turns);
  const commits = roundsOf(turns);
  const pages = roundsOf(turns);
  await turns.take(0, recorder.receive(COMMITS), 'transactions');
  for (let round = 0; round < rounds; round += 1) {
    for (const [engine, { totalMs }] of await turns.take(round, recorder.bulk(BULK_COMMITS, BATCH), 'transactions')) {
      bulk.get(engine)?.push([(totalMs / BULK_MESSAGES) * 1_000]);
    }
    for (const [engine, { eachMs }] of await turns.take(round, recorder.receive(COMMITS), 'transactions')) {
      commits.get(engine)?.push(eachMs);
    }
    for (let turn = 0; turn < PAGE_TURNS; turn += 1) {
      for (const [engine, { eachMs }] of await turns.take(round + turn, twice(recorder.pages(PAGES)), 'reads')) {
        pages.get(engine)?.push(eachMs.filter((_, number) => number % 2 === 1));
      }
    }
  }
  const sampleOf = (engine: EngineName): PeerSample => ({
    bulkMsPerThousand: bulk.get(engine) ?? [],
    commitMs: commits.get(engine) ?? [],
    pageMs: pages.get(engine) ?? [],
  });
  return new Map(turns.engines.map((engine) => [engine, sampleOf(engine)]));
};

const roundsOf = ({ engines }: Turns): ReadonlyMap<EngineName, (readonly number[])[]> =>
  new Map(engines.map((engine) => [engine, []]));

/** Each page twice in a row: the second one is warm. */
const twice = ({ texts, transactions }: Recording): Recording => ({
  texts,
  transactions: transactions.flatMap((page) => [page, page]),
});
