import type { Database } from '../database.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { openDatabase, type DatabaseOptions } from '../open-database.ts';
import { FILE_NAMES, PAGES_OFFSET, PAGE_BYTES, SUPERBLOCK_SECTOR_BYTES, pageOffset } from '../vfs/layout.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededChance,
  seededRandom,
  testDeps,
  testOptions,
} from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { readEverything } from './tamper-sweep.ts';
import { createWorkload, transactionsOf } from './workload.ts';

type Images = Map<string, Uint8Array<ArrayBuffer>>;

/** Files of one database at several moments; the last one is the present. */
interface Life {
  readonly moments: readonly FileImages[];
  readonly now: FileImages;
  readonly content: string;
}

/** Sessions that write, move the log into the pages, and end; the last one is still open. */
const live = async (seed: number): Promise<Life> => {
  const layer = createMemoryFileLayer();
  const first = await createTestDatabase(layer, {}, 10 * seed);
  createWorkload(first, seed).prepare();
  first.close();
  const moments: FileImages[] = [layer.images()];
  let db: Database | undefined;
  for (let session = 0; session < 4; session += 1) {
    db?.close();
    if (db !== undefined) moments.push(layer.images());
    db = await openTestDatabase(layer, {}, 10 * seed + session + 1);
    const workload = createWorkload(db, seed * 100 + session, transactionsOf(db));
    for (let count = 0; count < 6; count += 1) workload.receive(4);
    moments.push(layer.images());
    db.checkpoint();
    workload.receive(3);
    moments.push(layer.images());
  }
  if (db === undefined) throw new Error('nothing was written');
  // A log that moments before do not have: the beginning of the present one would look like a crash.
  db.checkpoint();
  createWorkload(db, seed + 7, transactionsOf(db)).receive(2);
  const content = readEverything(db);
  if (content === undefined) throw new Error('damaged before anything was put back');
  return { moments, now: layer.images(), content };
};

type PutBack = (images: Images, then: FileImages, chance: () => number) => void;

const fileOf = (images: FileImages, name: string): Uint8Array<ArrayBuffer> =>
  (images.get(name) ?? new Uint8Array(0)).slice();

const putPages = (images: Images, then: FileImages, pages: readonly number[]): void => {
  const main = images.get(FILE_NAMES.main);
  const old = fileOf(then, FILE_NAMES.main);
  for (const page of pages) {
    const at = pageOffset(page);
    if (main !== undefined && at + PAGE_BYTES <= Math.min(main.length, old.length)) {
      main.set(old.subarray(at, at + PAGE_BYTES), at);
    }
  }
};

const anyPages = (then: FileImages, count: number, chance: () => number): readonly number[] => {
  const pages = (fileOf(then, FILE_NAMES.main).length - PAGES_OFFSET) / PAGE_BYTES;
  return Array.from({ length: count }, () => 1 + Math.floor(chance() * pages));
};

const putSuperblocks = (images: Images, then: FileImages, copies: readonly number[]): void => {
  const old = fileOf(then, FILE_NAMES.main);
  for (const copy of copies) {
    const at = copy * SUPERBLOCK_SECTOR_BYTES;
    images.get(FILE_NAMES.main)?.set(old.subarray(at, at + SUPERBLOCK_SECTOR_BYTES), at);
  }
};

const putTables = (images: Images, then: FileImages): void => {
  for (const name of [FILE_NAMES.freshnessEven, FILE_NAMES.freshnessOdd]) images.set(name, fileOf(then, name));
};

const PUT_BACK: Readonly<Record<string, PutBack>> = {
  'one page': (images, then, chance) => putPages(images, then, anyPages(then, 1, chance)),
  'some pages': (images, then, chance) => putPages(images, then, anyPages(then, 5, chance)),
  'all pages': (images, then) => putPages(images, then, anyPagesInOrder(then)),
  'one table': (images, then, chance) => {
    const name = chance() < 0.5 ? FILE_NAMES.freshnessEven : FILE_NAMES.freshnessOdd;
    images.set(name, fileOf(then, name));
  },
  'both tables': putTables,
  'pages and tables': (images, then, chance) => {
    putPages(images, then, anyPages(then, 5, chance));
    putTables(images, then);
  },
  'the log': (images, then) => images.set(FILE_NAMES.log, fileOf(then, FILE_NAMES.log)),
  'the log and pages': (images, then, chance) => {
    images.set(FILE_NAMES.log, fileOf(then, FILE_NAMES.log));
    putPages(images, then, anyPages(then, 5, chance));
  },
  'one superblock': (images, then, chance) => putSuperblocks(images, then, [chance() < 0.5 ? 0 : 1]),
  'both superblocks': (images, then) => putSuperblocks(images, then, [0, 1]),
  'superblocks and tables': (images, then) => {
    putSuperblocks(images, then, [0, 1]);
    putTables(images, then);
  },
  'superblocks and pages': (images, then, chance) => {
    putSuperblocks(images, then, [0, 1]);
    putPages(images, then, anyPages(then, 5, chance));
  },
};

const anyPagesInOrder = (then: FileImages): readonly number[] =>
  Array.from({ length: (fileOf(then, FILE_NAMES.main).length - PAGES_OFFSET) / PAGE_BYTES }, (_, index) => index + 1);

/**
 * Puts parts of earlier files of the same database back, never all of them: each must be refused, or everything read as
 * it is now.
 */
export const sweepStale = async (
  seed: number,
  asked: number,
  options: Partial<DatabaseOptions> = {},
): Promise<SweepResult> => {
  const { moments, now, content } = await live(seed);
  const chance = seededChance(seed);
  const kinds = Object.entries(PUT_BACK);
  let tried = 0;
  let bad = 0;
  let example: string | undefined;
  for (let turn = 0; tried < asked && turn < 50 * asked; turn += 1) {
    const [name, putBack] = kinds[turn % kinds.length] ?? ['', () => undefined];
    const moment = Math.floor(chance() * moments.length);
    const images = new Map([...now].map(([file, bytes]) => [file, bytes.slice()]));
    putBack(images, moments[moment] ?? now, chance);
    // The same page then and now: nothing was put back.
    if ([...images].every(([file, bytes]) => isSame(bytes, now.get(file)))) continue;
    tried += 1;
    const wrong = await judge(images, content, options);
    if (wrong === undefined) continue;
    bad += 1;
    example ??= `seed ${seed}, turn ${turn}, ${name} of moment ${moment}: ${wrong}`;
  }
  return { tried, bad, example };
};

const isSame = (left: Uint8Array, right: Uint8Array | undefined): boolean =>
  right !== undefined && Buffer.compare(left, right) === 0;

const judge = async (
  images: FileImages,
  content: string,
  options: Partial<DatabaseOptions>,
): Promise<string | undefined> => {
  const opened = await openDatabase(
    await testDeps(createMemoryFileLayer(images), seededRandom(5)),
    testOptions(options),
  );
  if (!opened.ok) return undefined;
  const db = opened.value;
  try {
    const read = db.read(() => readEverything(db));
    return !read.ok || read.value === undefined || read.value === content ? undefined : 'old content was believed';
  } finally {
    db.close();
  }
};
