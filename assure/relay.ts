/**
 * The relay under races and under kill -9, over its real carriers: HTTP and WebSocket, SQLite on disk.
 * `npm run assure -- relay`.
 */
import { claimWithoutTransaction, commitWithoutCompare, swapWithoutCompare } from '../relay/testing/faulty-stores.ts';
import { controlLine, type AssureLine, type AssureSuite } from './contract.ts';
import { runKills } from './support/relay-kills.ts';
import { raceCheckpoints, raceClaims, raceCommits, withRelay, type Race, type Tally } from './support/relay-races.ts';

const CONTROL_RACES = 30;

type RaceCheck = {
  readonly name: string;
  readonly race: Race;
  readonly fault: string;
  readonly plant: Parameters<typeof withRelay>[1];
};

const RACES: readonly RaceCheck[] = [
  {
    name: 'of commits that race for one place exactly one is taken, and everybody gets that one',
    race: raceCommits,
    fault: 'a commit that lost is taken too',
    plant: commitWithoutCompare,
  },
  {
    name: 'of claims that race for one key package exactly one gets it',
    race: raceClaims,
    fault: 'claims look first and take later',
    plant: claimWithoutTransaction,
  },
  {
    name: 'of checkpoints that race from one value exactly one stands',
    race: raceCheckpoints,
    fault: 'a checkpoint is set without comparing',
    plant: swapWithoutCompare,
  },
];

const toLine = (name: string, { tried, bad, example }: Tally, asked: number): AssureLine => ({
  name,
  tried,
  bad,
  asked,
  ...(example !== undefined && { example }),
});

const suite: AssureSuite = async function* (context) {
  for (const { name, race, fault, plant } of RACES) {
    const asked = context.asked(1_000);
    yield toLine(name, await withRelay((relay) => race(relay, asked)), asked);
    const planted = await withRelay((relay) => race(relay, CONTROL_RACES), plant);
    yield controlLine(fault, { tried: planted.tried, turnedRed: planted.bad > 0 });
  }

  const kills = context.asked(25);
  const killed = await runKills({ kills, seed: context.seed });
  yield toLine('nothing acknowledged is lost when the relay is killed in the middle of traffic', killed.kills, kills);
  yield toLine('every acknowledged deposit arrives, once', killed.deposits, context.asked(1_000));
  const planted = await runKills({ kills: 3, seed: context.seed, fault: 'answers-before-commit' });
  yield controlLine('a deposit is acknowledged before it is stored', {
    tried: planted.kills.tried,
    turnedRed: planted.kills.bad > 0,
  });
};

export default suite;
