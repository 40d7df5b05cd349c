import { sha256Sync } from '../../crypto/hash.ts';
import type { PageCipher } from '../../crypto/page-cipher.ts';
import type { Database } from '../database.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { openDatabase } from '../open-database.ts';
import {
  FILE_NAMES,
  FRAME_SLOT_BYTES,
  LOG_HEADER_SLOT_BYTES,
  PAGES_OFFSET,
  PAGE_BYTES,
  SUPERBLOCK_SECTOR_BYTES,
} from '../vfs/layout.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededChance,
  seededRandom,
  testDeps,
  testOptions,
} from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload, summarise } from './workload.ts';

/** A database with full pages and a live log, and what stands in it. */
interface Target {
  readonly images: FileImages;
  /** Of another database, with the same key and the same content. */
  readonly stranger: FileImages;
  readonly summary: string;
  /** Slots of log frames that were durable before the last batch was written. */
  readonly settledFrames: number;
}

type Tamper = (images: Map<string, Uint8Array<ArrayBuffer>>, target: Target, chance: () => number) => void;

const below = (chance: () => number, end: number): number => Math.floor(chance() * end);
const fileOf = (images: Map<string, Uint8Array<ArrayBuffer>>, name: string): Uint8Array<ArrayBuffer> => {
  const file = images.get(name);
  if (file === undefined) throw new Error(`no file ${name}`);
  return file;
};

const mainPage = (images: Map<string, Uint8Array<ArrayBuffer>>, chance: () => number): Uint8Array<ArrayBuffer> => {
  const main = fileOf(images, FILE_NAMES.main);
  const first = PAGES_OFFSET + below(chance, (main.length - PAGES_OFFSET) / PAGE_BYTES) * PAGE_BYTES;
  return main.subarray(first, first + PAGE_BYTES);
};

const logSlot = (
  images: Map<string, Uint8Array<ArrayBuffer>>,
  target: Target,
  chance: () => number,
): Uint8Array<ArrayBuffer> => {
  const first = LOG_HEADER_SLOT_BYTES + below(chance, target.settledFrames) * FRAME_SLOT_BYTES;
  return fileOf(images, FILE_NAMES.log).subarray(first, first + FRAME_SLOT_BYTES);
};

const flip = (bytes: Uint8Array, chance: () => number): void => {
  const at = below(chance, bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << below(chance, 8));
};

/** What a hand, or a rotten disk, may do to the files of a database that was not closed. */
const TAMPERS: Readonly<Record<string, Tamper>> = {
  'a bit of a page': (images, _target, chance) => flip(mainPage(images, chance), chance),
  'a page of zeros': (images, _target, chance) => void mainPage(images, chance).fill(0),
  'two pages swapped': (images, _target, chance) => {
    const [left, right] = [mainPage(images, chance), mainPage(images, chance)];
    const copy = left.slice();
    left.set(right);
    right.set(copy);
  },
  'a page of another database': (images, target, chance) => {
    const page = mainPage(images, chance);
    page.set(
      fileOf(new Map(target.stranger) as typeof images, FILE_NAMES.main)
        .subarray(page.byteOffset)
        .subarray(0, PAGE_BYTES),
    );
  },
  'pages cut off': (images, _target, chance) => {
    const main = fileOf(images, FILE_NAMES.main);
    images.set(FILE_NAMES.main, main.slice(0, below(chance, main.length)));
  },
  'a bit of the superblock': (images, _target, chance) =>
    flip(fileOf(images, FILE_NAMES.main).subarray(0, 264), chance),
  'both superblocks exchanged': (images) => {
    const main = fileOf(images, FILE_NAMES.main);
    const first = main.slice(0, PAGE_BYTES);
    main.copyWithin(0, PAGE_BYTES, PAGES_OFFSET);
    main.set(first, PAGE_BYTES);
  },
  'the superblock of another database': (images, target) => {
    const stranger = target.stranger.get(FILE_NAMES.main) ?? new Uint8Array(0);
    fileOf(images, FILE_NAMES.main).set(stranger.subarray(0, PAGES_OFFSET));
  },
  'a bit of the log header': (images, _target, chance) => flip(fileOf(images, FILE_NAMES.log).subarray(0, 72), chance),
  'a bit of a settled frame': (images, target, chance) => flip(logSlot(images, target, chance), chance),
  'a settled frame of zeros': (images, target, chance) => void logSlot(images, target, chance).fill(0),
  'two settled frames swapped': (images, target, chance) => {
    const [left, right] = [logSlot(images, target, chance), logSlot(images, target, chance)];
    const copy = left.slice();
    left.set(right);
    right.set(copy);
  },
  'the log of another database': (images, target) => {
    images.set(FILE_NAMES.log, (target.stranger.get(FILE_NAMES.log) ?? new Uint8Array(0)).slice());
  },
  'no log': (images) => {
    images.set(FILE_NAMES.log, new Uint8Array(0));
  },
  'the log deleted': (images) => {
    images.delete(FILE_NAMES.log);
  },
  'zeros after the last page': (images, _target, chance) => {
    const main = fileOf(images, FILE_NAMES.main);
    const longer = new Uint8Array(main.length + PAGE_BYTES * (1 + below(chance, 9)));
    longer.set(main);
    images.set(FILE_NAMES.main, longer);
  },
  'another page suite, with its hash': (images, _target, chance) => rehash(images, 12, 2 + below(chance, 9)),
  'another key epoch, with its hash': (images, _target, chance) => rehash(images, 22, below(chance, 2)),
  'another oldest reader, with its hash': (images, _target, chance) => rehash(images, 10, below(chance, 3)),
  'a bit of a freshness table': (images, _target, chance) => flip(freshness(images, chance), chance),
  'a freshness table of zeros': (images, _target, chance) => void freshness(images, chance).fill(0),
  'the freshness tables exchanged': (images) => {
    const even = fileOf(images, FILE_NAMES.freshnessEven);
    images.set(FILE_NAMES.freshnessEven, fileOf(images, FILE_NAMES.freshnessOdd));
    images.set(FILE_NAMES.freshnessOdd, even);
  },
  'the freshness tables of another database': (images, target) => {
    for (const name of FRESHNESS_FILES) {
      images.set(name, (target.stranger.get(name) ?? new Uint8Array(0)).slice());
    }
  },
  'a freshness table cut': (images, _target, chance) => {
    for (const name of FRESHNESS_FILES) {
      const table = fileOf(images, name);
      images.set(name, table.slice(0, below(chance, table.length)));
    }
  },
  'no freshness tables': (images) => {
    for (const name of FRESHNESS_FILES) images.delete(name);
  },
};

const FRESHNESS_FILES = [FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd] as const;

const freshness = (images: Map<string, Uint8Array<ArrayBuffer>>, chance: () => number): Uint8Array<ArrayBuffer> =>
  fileOf(images, chance() < 0.5 ? FILE_NAMES.freshnessEven : FILE_NAMES.freshnessOdd);

/** Changes a byte of the clear part of both superblocks, and makes their hashes fit. */
const rehash = (images: Map<string, Uint8Array<ArrayBuffer>>, at: number, value: number): void => {
  for (const copy of [0, SUPERBLOCK_SECTOR_BYTES]) {
    const sector = fileOf(images, FILE_NAMES.main).subarray(copy, copy + SUPERBLOCK_SECTOR_BYTES);
    sector[at + 1] = value;
    sector.set(sha256Sync(sector.subarray(0, SUPERBLOCK_HASHED_BYTES)), SUPERBLOCK_HASHED_BYTES);
  }
};
const SUPERBLOCK_HASHED_BYTES = 232;

export const TAMPER_CLASSES = Object.keys(TAMPERS).length;

/** Opens, refuses everything it does not like, and accepts everything it is told to: what the seals are good for. */
const trust = (cipher: PageCipher | undefined): PageCipher | undefined =>
  cipher && {
    ...cipher,
    open(record, associatedData, page) {
      if (!cipher.open(record, associatedData, page)) page.set(record.subarray(0, page.length));
      return true;
    },
  };

export interface TamperOptions {
  /** False: with a cipher that believes every record, to see the check turn red. */
  readonly isSealed: boolean;
}

/**
 * Alters the files of a database and opens it. Every case must be refused while opening or while reading everything,
 * or read exactly as before (a bit in padding, or in a superblock copy that is not needed).
 */
export const sweepTampers = async (
  seed: number,
  asked: number,
  { isSealed }: TamperOptions = { isSealed: true },
): Promise<SweepResult> => {
  const target = await prepareTarget(seed);
  const chance = seededChance(seed);
  const tampers = Object.entries(TAMPERS);
  let bad = 0;
  let example: string | undefined;
  let tried = 0;
  for (; tried < asked; tried += 1) {
    const [name, tamper] = tampers[tried % tampers.length]!;
    const images = new Map([...target.images].map(([file, bytes]) => [file, bytes.slice()]));
    tamper(images, target, chance);
    const wrong = await tryTampered(images, target.summary, isSealed);
    if (wrong === undefined) continue;
    bad += 1;
    example ??= `seed ${seed}, case ${tried}, ${name}: ${wrong}`;
  }
  return { tried, bad, example };
};

const prepareTarget = async (seed: number): Promise<Target> => {
  const make = async (databaseSeed: number): Promise<Omit<Target, 'stranger'>> => {
    const layer = createMemoryFileLayer();
    const first = await createTestDatabase(layer, {}, databaseSeed);
    const workload = createWorkload(first, seed);
    workload.prepare();
    for (let count = 0; count < 10; count += 1) workload.receive(4);
    first.close();
    const db = await openTestDatabase(layer, {}, databaseSeed + 1);
    let settledFrames = 0;
    for (let count = 0; count < 4; count += 1) {
      const length = layer.images().get(FILE_NAMES.log)?.length ?? 0;
      settledFrames = Math.max(0, Math.floor((length - LOG_HEADER_SLOT_BYTES) / FRAME_SLOT_BYTES));
      db.transaction(() => db.run(`INSERT INTO settings (key, value) VALUES (?, x'02')`, [`n${count}`]));
    }
    const summary = readEverything(db);
    if (summary === undefined) throw new Error('damaged before anything was altered');
    return { images: layer.images(), summary, settledFrames };
  };
  const target = await make(2 * seed + 10);
  const stranger = await make(2 * seed + 1_000_010);
  return { ...target, stranger: stranger.images };
};

/** `undefined` where SQLite reports the damage in words, as its integrity check does with unreadable pages. */
export const readEverything = (db: Database): string | undefined => {
  const integrity = db.row<{ integrity_check: string }>('PRAGMA integrity_check');
  if (integrity?.integrity_check !== 'ok') return undefined;
  const settings = db.rows('SELECT key, hex(value) AS value FROM settings');
  const texts = db.rows('SELECT arrival, text FROM messages');
  return JSON.stringify([summarise(db), settings, texts, db.rows('SELECT hex(cold) FROM group_trees')]);
};

const tryTampered = async (images: FileImages, expected: string, isSealed: boolean): Promise<string | undefined> => {
  const deps = await testDeps(createMemoryFileLayer(images), seededRandom(5));
  const { createCipher } = deps;
  const opened = await openDatabase(
    isSealed ? deps : { ...deps, createCipher: (...suite) => trust(createCipher(...suite)) },
    testOptions(),
  );
  if (!opened.ok) return undefined;
  const db = opened.value;
  try {
    const read = db.read(() => readEverything(db));
    return !read.ok || read.value === undefined || read.value === expected
      ? undefined
      : 'read otherwise than it was written';
  } finally {
    db.close();
  }
};
