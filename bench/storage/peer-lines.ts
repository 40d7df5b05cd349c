import type { BenchLine } from '../contract.ts';
import type { Rounds } from '../statistics.ts';
import type { EngineName } from './engines/bench-engine.ts';
import { bound, line, lineOfTurns } from './line.ts';
import type { FileCalls } from './page/worker-api.ts';
import { BATCH, type PeerSample } from './peer-samples.ts';
import { TITLES } from './peers.ts';

interface Measure {
  readonly name: string;
  readonly of: (sample: PeerSample) => Rounds;
  readonly unit: string;
  /** Ours by the plain engine's. */
  readonly must: number;
  /** PowerSync's by ours. */
  readonly mustPowerSync?: number;
}

const MEASURES: readonly Measure[] = [
  {
    name: `bulk insert, batches of ${BATCH}`,
    of: ({ bulkMsPerThousand }) => bulkMsPerThousand,
    unit: 'ms per 1,000 messages',
    must: 1,
    mustPowerSync: 3,
  },
  { name: 'single durable commit p50', of: ({ commitMs }) => commitMs, unit: 'ms', must: 0.9, mustPowerSync: 4 },
  { name: 'page of 50, warm', of: ({ pageMs }) => pageMs, unit: 'ms', must: 1.05 },
];

export function* peerLines(browser: string, samples: ReadonlyMap<EngineName, PeerSample>): Generator<BenchLine> {
  const [ours, plain] = [samples.get('sotto'), samples.get('plain')];
  if (ours === undefined || plain === undefined) throw new Error('nothing to compare');
  for (const { name, of, unit, must, mustPowerSync } of MEASURES) {
    yield lineOfTurns(`${browser}: ${name}, ours / ${TITLES.plain}`, of(ours), {
      unit,
      baseline: of(plain),
      must: bound(browser, must),
    });
    for (const [engine, sample] of samples) {
      if (sample === ours || sample === plain) continue;
      const options = { unit, baseline: of(plain) };
      yield lineOfTurns(`${browser}: ${name}, ${TITLES[engine]} / ${TITLES.plain}`, of(sample), options);
      if (mustPowerSync === undefined || (engine !== 'powersync' && engine !== 'powersync-kept')) continue;
      yield lineOfTurns(`${browser}: ${name}, ${TITLES[engine]} / ours`, of(sample), {
        unit,
        baseline: of(ours),
        better: 'higher',
        // The bound is on what people get who install it; the other line shows what keeping statements would give them.
        must: engine === 'powersync' ? bound(browser, mustPowerSync) : undefined,
      });
    }
  }
}

export function* callLines(
  browser: string,
  calls: ReadonlyMap<EngineName, FileCalls>,
  commits: number,
): Generator<BenchLine> {
  for (const [engine, { writes, flushes, kilobytes }] of calls) {
    const each = `per durable one-message commit, ${TITLES[engine]}`;
    yield line(`${browser}: writes ${each}`, writes / commits, { unit: 'writes' });
    yield line(`${browser}: flushes ${each}`, flushes / commits, { unit: 'flushes' });
    yield line(`${browser}: bytes written ${each}`, kilobytes / commits, { unit: 'KB' });
  }
}
