import type { BenchLine } from '../contract.ts';
import { median } from '../statistics.ts';
import type { Lab } from './lab.ts';
import { bound, line } from './line.ts';
import { callLines, peerLines } from './peer-lines.ts';
import { BATCH, BULK_MESSAGES, takePeerSamples } from './peer-samples.ts';
import { createRecorder } from './recorder.ts';
import { refuseFalsePromises } from './refuse-false-promises.ts';
import type { Site } from './site.ts';
import { startTurns } from './turns.ts';

const ROUNDS = 16;
const MESSAGES_BEFORE = 10_000;
/** The log is moved into the pages at about every 360th: its writes belong to all of them. */
const COUNTED_COMMITS = 720;
const COMPARED_PAGES = 400;

/** Every engine executes the same statements in turns within one run, each in a worker of its own. */
export async function* measureBesidePeers(
  lab: Lab,
  site: Site,
  { browser, scale }: { readonly browser: string; readonly scale: number },
): AsyncGenerator<BenchLine> {
  const rounds = Math.max(3, Math.round(ROUNDS * scale));
  const batchesBefore = Math.max(10, Math.round((MESSAGES_BEFORE * scale) / BATCH));
  const recorder = await createRecorder(batchesBefore * BATCH + rounds * BULK_MESSAGES);
  const turns = await startTurns(lab, site, recorder, browser);
  await turns.take(0, recorder.bulk(batchesBefore, BATCH), 'transactions');

  const calls = await turns.count(recorder.receive(COUNTED_COMMITS));
  yield* peerLines(browser, await takePeerSamples(turns, recorder, rounds));
  yield* callLines(browser, calls, COUNTED_COMMITS);

  const pages = recorder.pages(Math.max(100, Math.round(COMPARED_PAGES * scale)));
  const readers = await turns.worker('plain').call('compareReaders', site.publish('readers', pages));
  yield line(`${browser}: page of 50, our row reader / stmt.get([])`, median(readers.oursMs), {
    unit: 'ms',
    baseline: median(readers.packageMs),
    must: bound(browser, 0.6),
  });
  recorder.close();
  await turns.end();
  await refuseFalsePromises(lab.page, turns.engines);
}
