import { findBrowser, type BrowserName } from '../../e2e/support/browsers.ts';
import { createChance, type Chance } from '../../sim/commit-rows/chance.ts';
import type { SweepResult } from '../../src/storage/testing/sweep-result.ts';
import { LIFE_WORKS, type Found, type Life } from '../killed-page/life.ts';
import { createKillModel } from './kill-model.ts';
import type { KillSite } from './kill-site.ts';
import { createKillableBrowser, type KillableBrowser, type Victim } from './killable-browser.ts';

/** Acknowledged in a life, at least; about as many again by chance. */
const LEAST_TRANSACTIONS = 12;
/** After the acknowledgement that is waited for: time for several transactions, or for a rotation of keys. */
const KILL_WITHIN_MS = 40;
/** As often, the page is killed before it has heard that its acknowledgement arrived. */
const KILL_AT_ONCE = 0.2;
/** One in so many is killed while it opens what the kill before it left. */
const KILL_OPENING_EVERY = 6;
const OPENING_MS = 400;
/** A life in which nothing happens for so long is a mistake of ours. */
const PATIENCE_MS = 60_000;

export interface KillOptions {
  readonly browser: BrowserName;
  /** One after the other, in one profile. */
  readonly victims: readonly Victim[];
  readonly seed: number;
  /** `before-commit` is the planted fault; its first loss is enough. */
  readonly acknowledges?: Life['acknowledges'];
}

export interface Killed {
  /** False where this machine has no such browser: nobody was killed. */
  readonly isInstalled: boolean;
  readonly kills: Readonly<Record<Victim, SweepResult>>;
  /** Acknowledged ones; bad are those that were not there afterwards. */
  readonly transactions: SweepResult;
}

type Count = { -readonly [Key in keyof SweepResult]: SweepResult[Key] };
interface Counts {
  readonly kills: Readonly<Record<Victim, Count>>;
  readonly transactions: Count;
}

const countFromNothing = (): Count => ({ tried: 0, bad: 0, example: undefined });

/**
 * Opens a page that writes into the encrypted database, kills it at a moment that chance picks, opens it again over what
 * is left and judges that; again and again. After a loss nothing is sure any more, and another profile begins.
 */
export const runBrowserKills = async (site: KillSite, options: KillOptions): Promise<Killed> => {
  const chance = createChance(options.seed);
  const counts: Counts = {
    kills: { browser: countFromNothing(), page: countFromNothing() },
    transactions: countFromNothing(),
  };
  const isInstalled = findBrowser(options.browser) !== undefined;
  const victims = isInstalled ? [...options.victims] : [];
  while (victims.length > 0) {
    await using killable = await createKillableBrowser(options.browser);
    const isLost = await runProfile({ ...options, site, killable, chance, victims }, counts);
    if (isLost && options.acknowledges === 'before-commit') break;
  }
  return { isInstalled, ...counts };
};

interface Stage extends Pick<KillOptions, 'acknowledges'> {
  readonly site: KillSite;
  readonly killable: KillableBrowser;
  readonly chance: Chance;
  /** Those that are still to be killed. */
  readonly victims: Victim[];
}

/** Answers true as soon as something was lost, false when nobody is left to be killed. */
const runProfile = async (stage: Stage, { kills, transactions }: Counts): Promise<boolean> => {
  const { chance, victims, acknowledges = 'after-commit' } = stage;
  let life: Life = {
    number: 1,
    isFirst: true,
    seed: seedFrom(chance),
    work: 'messages',
    keyEpoch: 1,
    rotatesFrom: 0,
    acknowledges,
  };
  const model = await createKillModel(life.seed);
  let standing = 1;
  let acknowledged = 1;
  let isRotated = true;
  /** Who was killed while it opened leaves nothing to judge: it is judged with the next one. */
  let unjudged: Victim[] = [];

  for (;;) {
    const victim = victims.shift();
    const lived = await runLife(stage, life, victim && pickDeath(chance, victim, life));
    if (lived.found !== undefined) {
      const wrong = model.judge(lived.found, acknowledged);
      transactions.tried += acknowledged - standing;
      for (const killed of unjudged) kills[killed].tried += 1;
      if (wrong !== undefined) {
        const [last] = unjudged;
        if (last === undefined) throw new Error(`before anybody was killed: ${wrong}`);
        kills[last].bad += 1;
        kills[last].example ??= `life ${life.number}: ${wrong}`;
        transactions.bad += Math.max(0, acknowledged - lived.found.transactions);
        if (victim !== undefined) victims.unshift(victim);
        return true;
      }
      unjudged = [];
      model.begin(life);
      standing = lived.found.transactions;
      acknowledged = standing + lived.acknowledged;
    }
    if (victim === undefined) return false;
    unjudged.unshift(victim);
    if (lived.acknowledged > 0) ({ isRotated } = lived);
    else if (life.work === 'rotation') isRotated = false;
    life = followingLife(life, isRotated, chance);
  }
};

const seedFrom = (chance: Chance): number => chance.below(2 ** 31);

/** A key follows the next one only when no page is left under the one before. */
const followingLife = (before: Life, isRotated: boolean, chance: Chance): Life => {
  const work = chance.pick(LIFE_WORKS.filter((name) => name !== 'rotation' || isRotated));
  const isRotation = work === 'rotation';
  return {
    ...before,
    number: before.number + 1,
    isFirst: false,
    seed: seedFrom(chance),
    work,
    keyEpoch: before.keyEpoch + (isRotation ? 1 : 0),
    rotatesFrom: isRotation ? chance.below(LEAST_TRANSACTIONS) : 0,
  };
};

interface Death {
  readonly victim: Victim;
  /** After so many acknowledgements, or none: from the beginning. */
  readonly transactions: number;
  readonly delayMs: number;
}

const pickDeath = (chance: Chance, victim: Victim, { number, work, rotatesFrom }: Life): Death => {
  if (number % KILL_OPENING_EVERY === 0) return { victim, transactions: 0, delayMs: chance.below(OPENING_MS) };
  const transactions = LEAST_TRANSACTIONS + chance.below(LEAST_TRANSACTIONS);
  return {
    victim,
    transactions: work === 'rotation' ? rotatesFrom + 1 + chance.below(2) : transactions,
    delayMs: chance.happens(KILL_AT_ONCE) ? 0 : chance.below(KILL_WITHIN_MS),
  };
};

interface Lived {
  /** Undefined where it was killed before it had opened the database. */
  found: Found | undefined;
  acknowledged: number;
  /** As it was said last. */
  isRotated: boolean;
}

/** One life, to its death, or to its first look where nobody is to be killed. */
const runLife = async ({ site, killable }: Stage, life: Life, death: Death | undefined): Promise<Lived> => {
  const lived: Lived = { found: undefined, acknowledged: 0, isRotated: false };
  await killable.show(site.url);
  const ended = new Promise<void>((resolve, reject) => {
    let isOver = false;
    const end = (kills?: Victim): void => {
      if (isOver) return;
      isOver = true;
      if (kills === undefined) resolve();
      else killable.kill(kills).then(resolve, reject);
    };
    const dieAfter = (transactions: number): void => {
      if (death?.transactions !== transactions) return;
      if (death.delayMs === 0) end(death.victim);
      else setTimeout(() => end(death.victim), death.delayMs);
    };
    setTimeout(() => reject(new Error(`life ${life.number}: nothing happens`)), PATIENCE_MS).unref();
    site.begin(life, {
      onFound(found) {
        lived.found = found;
        if (found.problem !== undefined || death === undefined) end();
      },
      onAcknowledged({ isRotated }) {
        lived.acknowledged += 1;
        lived.isRotated = isRotated;
        dieAfter(lived.acknowledged);
      },
      onFailed(why) {
        if (isOver) return;
        lived.found = { transactions: 0, summary: '', ...lived.found, problem: why };
        end();
      },
    });
    dieAfter(0);
  });
  await ended;
  site.end();
  return lived;
};
