/**
 * What the encrypted database promises (docs/protocol/database-file.md): a crash anywhere loses nothing that was
 * acknowledged and leaves no half transaction; a failing disk does neither; it goes on with what the release before
 * wrote, and that one with its own; altered and old bytes are never believed; it answers as SQLite does; nothing can be
 * read in its files. A whole store that was put back is found at the next sync (docs/protocol/sync.md, "Checkpoint").
 */
import { sweepBurnPoints } from '../src/core/testing/burn-points.ts';
import { sweepRestorePoints } from '../src/core/testing/restore-points.ts';
import { sweepRollbacks } from '../src/core/testing/rollback-sweep.ts';
import { comparePageAeads } from '../src/crypto/testing/compare-page-aeads.ts';
import { wrongXchacha, xchachaAeads } from '../src/crypto/testing/xchacha-aeads.ts';
import { keepSpareFile } from '../src/platform/spare-file.ts';
import type { FileLayer } from '../src/storage/file-layer.ts';
import { sweepCanaries } from '../src/storage/testing/canary-sweep.ts';
import { sweepCrashes } from '../src/storage/testing/crash-sweep.ts';
import { sweepFaults, type SeenDisk } from '../src/storage/testing/fault-sweep.ts';
import { withoutFlushes } from '../src/storage/testing/file-layer-faulty.ts';
import { frozenDatabases } from '../src/storage/testing/frozen-databases.ts';
import { BAD_MIGRATIONS, sweepFrozen } from '../src/storage/testing/frozen-sweep.ts';
import { createLimitedDisk } from '../src/storage/testing/limited-disk.ts';
import { recordMigration, sweepMigration } from '../src/storage/testing/migration-sweep.ts';
import { sweepNonces } from '../src/storage/testing/nonce-sweep.ts';
import {
  CARELESS_CHANGES,
  releaseBeforeSteps,
  sweepReleaseBefore,
} from '../src/storage/testing/release-before-sweep.ts';
import { sweepStale } from '../src/storage/testing/stale-sweep.ts';
import { sweepStatements } from '../src/storage/testing/statement-sweep.ts';
import { seededRandom } from '../src/storage/testing/storage-fixture.ts';
import type { SweepResult } from '../src/storage/testing/sweep-result.ts';
import { sweepTampers, TAMPER_CLASSES } from '../src/storage/testing/tamper-sweep.ts';
import { controlLine, type AssureArea, type AssureContext, type AssureLine, type AssureSuite } from './contract.ts';
import { DIALECTS, hushed, speak } from './support/browser-dialects.ts';
import { runBrowserKills } from './support/browser-kills.ts';
import { serveKillSite } from './support/kill-site.ts';
import type { Victim } from './support/killable-browser.ts';
import { CRASH_WORKS, fillingUp, lyingAboutFlushes, recordWork } from './support/storage-crashes.ts';

const CRASHES = 100_000;
const MIGRATION_CRASHES = 2_000;
const FAULTS = 10_000;
const TAMPERS = 20_000;
const STALE = 5_000;
const STATEMENTS = 10_000;
const CANARIES = 10_000;
const NONCES = 100_000;
const PAGES = 1_000_000;
const ROLLBACKS = 200;
const CHROMIUM_KILLS = 60;
const CHROMIUM_PAGE_KILLS = 20;
const FIREFOX_PAGE_KILLS = 10;
const FIREFOX_KILLS = 20;
const KILLED_TRANSACTIONS = 800;
/** Each has a good chance to meet what was acknowledged and not committed yet. */
const CONTROL_KILLS = 12;
/** Fewer than there are: what comes together is taken together. */
const BURN_POINTS = 80;
const RESTORE_POINTS = 80;
const CONTROL_EVERY_POINT = 7;
const CONTROL_PATIENCE_MS = 5_000;
const CONTROL_CASES = 100;
/** Most old pages are refused for other reasons too, so it takes more of them to see what the tables are for. */
const CONTROL_STALE = 1_000;
/** At most: it ends where a page that was forgotten is first missed. Of 500 seeds the last one took 797. */
const CONTROL_STATEMENTS = 2_000;
/** One database, one life: then the next one, of another seed. */
const CASES_PER_LIFE = 250;

type SweepOnce = (seed: number, left: number) => Promise<SweepResult>;

const nothing: SweepResult = { tried: 0, bad: 0, example: undefined };

const add = (total: SweepResult, { tried, bad, example }: SweepResult): SweepResult => ({
  tried: total.tried + tried,
  bad: total.bad + bad,
  example: total.example ?? example,
});

/** Rounds of other seeds until enough cases were tried, or until the first bad one where that is what is looked for. */
const sweepUntil = async (
  { seed }: AssureContext,
  asked: number,
  sweepOnce: SweepOnce,
  isControl = false,
): Promise<SweepResult> => {
  let total = nothing;
  for (let round = 0; total.tried < asked && !(isControl && total.bad > 0); round += 1) {
    total = add(total, await sweepOnce(seed + round, Math.min(CASES_PER_LIFE, asked - total.tried)));
  }
  return total;
};

const line = (name: string, asked: number, { tried, bad, example }: SweepResult): AssureLine => ({
  name,
  asked,
  tried,
  bad,
  ...(example === undefined ? {} : { example }),
});

const control = (name: string, { tried, bad }: SweepResult): AssureLine =>
  controlLine(name, { tried, turnedRed: bad > 0 });

const crashes: AssureSuite = async function* (context) {
  for (const work of CRASH_WORKS) {
    const asked = context.asked(CRASHES * work.share);
    const swept = await sweepUntil(context, asked, async (seed) =>
      sweepCrashes(await recordWork(work, seed), seed, asked),
    );
    yield line(`a crash at any file operation while ${work.name} loses nothing acknowledged`, asked, swept);
  }

  const [work] = CRASH_WORKS;
  const { seed } = context;
  const unsynchronised = await sweepCrashes(await recordWork(work, seed, 'OFF'), seed, CONTROL_CASES);
  yield control('without synchronous commits, a crash loses', unsynchronised);
  const lied = await sweepCrashes(lyingAboutFlushes(await recordWork(work, seed)), seed, CONTROL_CASES);
  yield control('on a disk that lies about flushing, a crash loses', lied);
  const liedSparing = await sweepCrashes(lyingAboutFlushes(await recordWork(fillingUp(), seed)), seed, CONTROL_CASES);
  yield control('with room kept for deleting: on a disk that lies about flushing, a crash loses', liedSparing);
};

const migrations: AssureSuite = async function* (context) {
  const asked = context.asked(MIGRATION_CRASHES);
  const crashed = await sweepUntil(context, asked, async (seed) =>
    sweepMigration(await recordMigration(seed), seed, asked),
  );
  yield line('a crash in the migration of an earlier schema leaves the old one or the new one', asked, crashed);
  const { operations, ...migration } = await recordMigration(context.seed);
  const lying = { ...migration, operations: withoutFlushes(operations) };
  const half = await sweepMigration(lying, context.seed);
  yield control('on a disk that lies about flushing, a crash in a migration leaves neither', half);

  const frozen = frozenDatabases().length;
  const opens = 'a database of every earlier schema and file format opens, with all that is in it';
  yield line(opens, frozen, await sweepFrozen());
  const lossy = (await Promise.all(BAD_MIGRATIONS.map((spoil) => sweepFrozen(spoil)))).reduce(add);
  yield controlLine('a migration that loses or changes one row is noticed, in every one of them', {
    tried: lossy.tried,
    turnedRed: lossy.bad === lossy.tried,
  });

  const goesOn = 'the release before opens and goes on with what this one wrote, and this one after it';
  yield line(goesOn, releaseBeforeSteps(), await sweepReleaseBefore());
  const careless = await Promise.all(CARELESS_CHANGES.map((spoil) => sweepReleaseBefore(spoil)));
  yield controlLine('every change of the schema that the release before does not survive is noticed', {
    tried: careless.length,
    turnedRed: careless.every(({ bad }) => bad > 0),
  });
};

const browserKills: AssureSuite = async function* (context) {
  const { seed } = context;
  await using site = await serveKillSite();
  const pages = repeat<Victim>('page', context.asked(CHROMIUM_PAGE_KILLS));
  const chromiums = repeat<Victim>('browser', context.asked(CHROMIUM_KILLS));
  const firefoxPages = repeat<Victim>('page', context.asked(FIREFOX_PAGE_KILLS));
  const firefoxes = repeat<Victim>('browser', context.asked(FIREFOX_KILLS));

  const chromium = await runBrowserKills(site, { browser: 'chromium', victims: [...pages, ...chromiums], seed });
  const page = 'nothing acknowledged is lost when the process of a page is killed';
  yield line(`${page}, Chromium`, pages.length, chromium.kills.page);
  yield line('nothing acknowledged is lost when Chromium is killed', chromiums.length, chromium.kills.browser);
  const firefox = await runBrowserKills(site, { browser: 'firefox', victims: [...firefoxPages, ...firefoxes], seed });
  const { kills, transactions } = firefox;
  const ofFirefox = [
    line(`${page}, Firefox`, firefoxPages.length, kills.page),
    line('nothing acknowledged is lost when Firefox is killed', firefoxes.length, kills.browser),
  ];
  const skipped = firefox.isInstalled ? {} : { skipped: 'there is no Firefox on this machine' };
  for (const one of ofFirefox) yield { ...one, ...skipped };
  yield line(
    'every transaction that was acknowledged before a kill is there, whole',
    context.asked(KILLED_TRANSACTIONS),
    add(chromium.transactions, transactions),
  );

  const victims = repeat<Victim>('page', CONTROL_KILLS);
  const hasty = await runBrowserKills(site, { browser: 'chromium', victims, seed, acknowledges: 'before-commit' });
  yield control('what is acknowledged before it is committed is lost in a kill', hasty.kills.page);
};

const repeat = <T>(value: T, times: number): T[] => Array.from({ length: times }, () => value);

const faults: AssureSuite = async function* (context) {
  const asked = context.asked(FAULTS / (DIALECTS.length + 1));
  for (const dialect of DIALECTS) {
    const swept = await sweepUntil(context, asked, (seed) =>
      sweepFaults(seed, asked, (layer) => ({ layer: speak(layer, dialect) })),
    );
    yield line(`a full or failing disk at any file operation, as ${dialect} says it, loses nothing`, asked, swept);
  }
  const sparing = await sweepUntil(context, asked, (seed) =>
    sweepFaults(seed, asked, (layer) => keepingRoom(speak(layer, 'chromium'))),
  );
  const name = 'a full or failing disk at any file operation, as chromium says it, loses nothing';
  yield line(`with room kept for deleting: ${name}`, asked, sparing);

  const { seed } = context;
  const unheard = await sweepFaults(seed, CONTROL_CASES, (layer) => ({ layer: hushed(layer) }));
  yield control('where nobody hears what a disk says, it loses', unheard);
  const unheardSparing = await sweepFaults(seed, CONTROL_CASES, (layer) => keepingRoom(hushed(layer)));
  yield control('with room kept for deleting: where nobody hears what a disk says, it loses', unheardSparing);
};

/**
 * Whatever is deleted meets a full disk, so that the room is given up, and made up for, under the faults too; unless it
 * was given up before and nobody has made up for it: then nothing is promised of a full disk.
 */
const keepingRoom = (files: FileLayer): SeenDisk => {
  const disk = createLimitedDisk({ cutsAreFree: 'at-once' });
  const { layer, spare } = keepSpareFile(disk.holding(files));
  const lift = (): (() => void) => {
    disk.setFree(spare.isOwed() ? Infinity : 0);
    const endLift = spare.lift();
    return () => {
      endLift();
      disk.setFree(Infinity);
    };
  };
  return { layer, lift };
};

const alterations: AssureSuite = async function* (context) {
  const tampers = context.asked(TAMPERS);
  const tampered = await sweepUntil(context, tampers, sweepTampers);
  yield line(`altered bytes, ${TAMPER_CLASSES} kinds, are refused`, tampers, tampered);
  const unsealed = await sweepTampers(context.seed, CONTROL_CASES, { isSealed: false });
  yield control('with a cipher that accepts everything, altered bytes are believed', unsealed);

  const stale = context.asked(STALE);
  const putBack = await sweepUntil(context, stale, sweepStale);
  yield line('old pages, tables, logs and superblocks that were put back are refused', stale, putBack);
  const believed = await sweepUntil(
    context,
    CONTROL_STALE,
    (seed, left) => sweepStale(seed, left, { freshness: 'ignored' }),
    true,
  );
  yield control('without the freshness tables, old pages are believed', believed);
};

const contents: AssureSuite = async function* (context) {
  const { seed } = context;
  const statements = context.asked(STATEMENTS);
  yield line('every statement is answered as plain SQLite does', statements, await sweepStatements(seed, statements));
  const lost = await sweepStatements(seed, CONTROL_STATEMENTS, { losesPages: true });
  yield control('over a disk that forgets pages, and without the freshness tables, it answers otherwise', lost);

  const canaries = context.asked(CANARIES);
  const { sealed, forgotten } = await sweepCanaries(seed, canaries);
  yield line('what is stored, and keys, are in no stored byte', canaries, sealed);
  yield line('deleted text and old log keys are nowhere, decrypted', canaries, forgotten);
  const inClear = await sweepCanaries(seed, 1, 'in-clear');
  yield control('a text that is written in clear beside the database is found', inClear.sealed);
  const kept = await sweepCanaries(seed, 1, 'kept');
  yield control('a deleted text that is kept somewhere is found', kept.forgotten);

  const nonces = context.asked(NONCES);
  const random = (length: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(length));
  yield line('no nonce is used twice, also by clones and after crashes', nonces, await sweepNonces(random, nonces));
  // Each opening begins the same numbers again, as a counter in a restored profile would.
  const repeated = await sweepNonces((length) => seededRandom(seed)(length), CONTROL_CASES);
  yield control('a random source that begins again after a restore repeats nonces', repeated);
};

const ciphers: AssureSuite = async function* (context) {
  const { seed } = context;
  const pages = context.asked(PAGES);
  const aeads = await xchachaAeads();
  const compared = comparePageAeads(aeads, seed, pages);
  yield line('a page sealed by one cipher opens in the others, byte for byte', pages, compared);
  const [libsodium] = aeads;
  const { tried, bad } = comparePageAeads([libsodium, wrongXchacha()], seed, CONTROL_CASES);
  const name = 'a page sealed by a build that is wrong in one bit opens nowhere else';
  yield controlLine(name, { tried, turnedRed: bad === tried });
};

const rollbacks: AssureSuite = async function* (context) {
  const asked = context.asked(ROLLBACKS);
  const { found, spared } = await sweepRollbacks({ seed: context.seed, rollbacks: asked });
  yield line('a whole store put back, or cloned, is found at the next sync, before anything leaves', asked, found);
  yield line('a store as a crash leaves it is not called an old one', context.asked(ROLLBACKS / 10), spared);
  const blind = await sweepRollbacks({ seed: context.seed, rollbacks: CONTROL_CASES, isBlind: true });
  yield control('with a checkpoint that fits every store, an old one goes on', blind.found);

  for (const { name, controlName, points, sweep } of WAYS_BACK) {
    const pointsAsked = context.asked(points);
    const every = Math.max(1, Math.floor(points / pointsAsked));
    yield line(
      `a death at any point on the way ${name} loses and repeats nothing`,
      pointsAsked,
      await sweep({ every }),
    );
    const lost = { every: CONTROL_EVERY_POINT, planted: 'lost-commit', patienceMs: CONTROL_PATIENCE_MS } as const;
    yield control(`a death on ${controlName}, and it takes what was called stored with it`, await sweep(lost));
  }
};

/** Of an account that becomes a new device. */
const WAYS_BACK = [
  { name: 'to being a new device', controlName: 'that way', points: BURN_POINTS, sweep: sweepBurnPoints },
  {
    name: 'back after the relay was put back',
    controlName: 'the way back',
    points: RESTORE_POINTS,
    sweep: sweepRestorePoints,
  },
];

const area: AssureArea = { browserKills, crashes, migrations, faults, alterations, contents, ciphers, rollbacks };

export default area;
