/**
 * What sync promises over a bad network (docs/protocol/sync.md): whole clients, a real relay in the same process, lost
 * requests, lost answers, repeated requests, and deaths at any request. After the storm everything is there once. Then,
 * without weather and without chance, a death at each point of one exchange.
 */
import { sweepCrashPoints } from '../src/core/testing/crash-points.ts';
import { runStorm, type StormOptions } from '../src/core/testing/schedule.ts';
import { controlLine, type AssureSuite } from './contract.ts';

const STORMS = 60;
const CONTROL_STORMS = 12;
const CONTROL_PATIENCE_MS = 3_000;
/** An exchange of three messages has more points than this at which somebody can die; all are tried, at any scale. */
const CRASH_POINTS = 40;

const sweep = async (
  count: number,
  storm: (index: number) => StormOptions,
  isEnough: (bad: number) => boolean = () => false,
): Promise<{ readonly tried: number; readonly bad: number; readonly example: string | undefined }> => {
  let [tried, bad] = [0, 0];
  let example: string | undefined;
  while (tried < count && !isEnough(bad)) {
    const options = storm(tried);
    const wrong = await runStorm(options);
    tried += 1;
    if (wrong.length === 0) continue;
    bad += 1;
    example ??= `seed ${options.seed}: ${wrong[0] ?? ''}`;
  }
  return { tried, bad, example };
};

const suite: AssureSuite = async function* (context) {
  const { seed } = context;
  const storms = context.asked(STORMS);
  const weathered = await sweep(storms, (index) => ({
    seed: seed * 1_000 + index,
    people: index % 3 === 2 ? 3 : 2,
    messagesEach: 10,
  }));
  yield {
    name: 'through loss, repetition and crashes, all is seen once and in order, and nothing waits at rest',
    asked: storms,
    tried: weathered.tried,
    bad: weathered.bad,
    ...(weathered.example && { example: weathered.example }),
  };

  const early = await sweep(
    CONTROL_STORMS,
    (index) => ({
      seed: seed * 1_000 + index,
      people: 2,
      messagesEach: 10,
      acknowledgeEarly: true,
      patienceMs: CONTROL_PATIENCE_MS,
    }),
    (bad) => bad > 0,
  );
  yield controlLine('what was fetched is acknowledged before it is durable', {
    tried: early.tried,
    turnedRed: early.bad > 0,
  });

  const points = await sweepCrashPoints({});
  yield {
    name: 'a death at any change of a file, flush or call to the relay, while sending and receiving, loses and repeats nothing',
    asked: CRASH_POINTS,
    tried: points.tried,
    bad: points.bad,
    ...(points.example && { example: points.example }),
  };
  const plants = [
    ['acknowledge-early', 'a death at any point, and what was fetched is acknowledged before it is durable'],
    ['lost-commit', 'a death at any point, and it takes what was called stored with it'],
  ] as const;
  for (const [planted, name] of plants) {
    const seen = await sweepCrashPoints({ planted, patienceMs: CONTROL_PATIENCE_MS });
    yield controlLine(name, { tried: seen.tried, turnedRed: seen.bad > 0 });
  }
};

export default suite;
