import { describe, expect, it } from 'vitest';
import { LIMITS } from '../domain/limits.ts';
import type { FileLayer, StoredFile } from '../storage/file-layer.ts';
import { openDatabase } from '../storage/open-database.ts';
import { judge } from '../storage/testing/crash-sweep.ts';
import { describeFileLayer } from '../storage/testing/file-layer-contract.ts';
import {
  createTestDatabase,
  openTestDatabase,
  seededChance,
  seededRandom,
  testDeps,
  testOptions,
} from '../storage/testing/storage-fixture.ts';
import { createWorkload, summarise } from '../storage/testing/workload.ts';
import { BLOCK_BYTES } from './block-file.ts';
import {
  createMemoryBlockStore,
  createMemoryHolds,
  type Commit,
  type MemoryBlockStore,
} from './testing/memory-block-store.ts';
import { createWriteBehindLayer } from './write-behind-layer.ts';

const over = (store: MemoryBlockStore, bytesMax: number = LIMITS.writtenBehindBytes): FileLayer =>
  createWriteBehindLayer({ store, hold: createMemoryHolds(), freeBytes: async () => undefined }, { bytesMax });

describeFileLayer('written behind', async () => {
  const store = createMemoryBlockStore();
  return { layer: over(store), reopen: async () => over(store) };
});

const open = async (layer: FileLayer, name = '0'): Promise<StoredFile> => {
  const opened = await layer.open(name, 'create');
  if (!opened.ok) throw new Error(opened.error.tag);
  return opened.value;
};
const byte = (value: number): Uint8Array<ArrayBuffer> => Uint8Array.of(value);
const full = { ok: false, error: { tag: 'full' } };

describe('a layer that writes behind', () => {
  it('says that something is durable only once the browser has said so', async () => {
    const store = createMemoryBlockStore();
    const layer = over(store);
    const file = await open(layer);
    let release = (): void => undefined;
    store.delay(() => new Promise((resolve) => (release = resolve)));
    file.write(byte(1), 0);
    file.flush();
    let isSettled = false;
    const settled = layer.settle().then((result) => {
      isSettled = true;
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isSettled).toBe(false);
    release();
    expect(await settled).toEqual({ ok: true, value: undefined });
  });

  it('writes one transaction for what was flushed together, and leaves out what was not flushed', async () => {
    const store = createMemoryBlockStore();
    const layer = over(store);
    const [pages, log] = [await open(layer, '0'), await open(layer, '1')];
    const before = store.commits.length;
    pages.write(byte(1), 0);
    pages.flush();
    log.write(byte(2), 3 * BLOCK_BYTES);
    log.flush();
    pages.write(byte(9), 0);
    await layer.settle();
    expect(store.commits.length - before).toBe(1);
    expect((await store.load('0'))?.blocks[0]?.[0]).toBe(1);
    expect((await store.load('1'))?.blocks.length).toBe(4);
  });

  it('keeps what was flushed apart from what is written while the transaction is under way', async () => {
    const store = createMemoryBlockStore();
    const layer = over(store);
    const file = await open(layer);
    let release = (): void => undefined;
    store.delay(() => new Promise((resolve) => (release = resolve)));
    file.write(byte(1), 0);
    file.flush();
    await Promise.resolve();
    file.write(byte(2), 0);
    file.flush();
    file.write(byte(3), 0);
    file.truncate(0);
    store.delay(() => Promise.resolve());
    release();
    await layer.settle();
    expect(store.commits.slice(1).map((commit) => commit.get('0')?.blocks.get(0)?.[0])).toEqual([1, 2]);
  });

  it.each([
    ['QuotaExceededError', 'full'],
    ['UnknownError', 'io'],
    ['InvalidStateError', 'gone'],
  ])('after %s, answers `%s` to whoever writes, and still reads', async (name, tag) => {
    const store = createMemoryBlockStore();
    const layer = over(store);
    const file = await open(layer);
    file.write(byte(1), 0);
    file.flush();
    await layer.settle();
    void store.failNext(name);
    file.write(byte(2), 0);
    file.flush();
    const failed = { ok: false, error: { tag } };
    expect(await layer.settle()).toEqual(failed);
    expect(file.write(byte(3), 0)).toEqual(failed);
    expect(file.truncate(0)).toEqual(failed);
    expect(file.flush()).toEqual(failed);
    expect(await layer.settle()).toEqual(failed);
    expect(file.read(new Uint8Array(1), 0)).toEqual({ ok: true, value: 1 });
    file.close();
    const again = await open(layer);
    const kept = new Uint8Array(1);
    again.read(kept, 0);
    expect(kept[0]).toBe(1);
    expect(again.write(byte(4), 0).ok).toBe(true);
  });

  it('hands a file on only when everything of it is stored', async () => {
    const store = createMemoryBlockStore();
    const layer = over(store);
    const file = await open(layer);
    let release = (): void => undefined;
    store.delay(() => new Promise((resolve) => (release = resolve)));
    file.write(byte(7), 0);
    file.flush();
    await Promise.resolve();
    file.close();
    const next = open(layer);
    release();
    const kept = new Uint8Array(1);
    (await next).read(kept, 0);
    expect(kept[0]).toBe(7);
  });

  it('takes so much and no more, and there is room again after a cut', async () => {
    const layer = over(createMemoryBlockStore(), 4 * BLOCK_BYTES);
    const [pages, log] = [await open(layer, '0'), await open(layer, '1')];
    expect(pages.write(new Uint8Array(3 * BLOCK_BYTES), 0).ok).toBe(true);
    expect(log.write(byte(1), 0).ok).toBe(true);
    expect(log.write(byte(1), BLOCK_BYTES)).toEqual(full);
    expect(log.size()).toEqual({ ok: true, value: 1 });
    expect(pages.write(byte(1), 100).ok).toBe(true);
    pages.truncate(0);
    expect(log.write(byte(1), BLOCK_BYTES).ok).toBe(true);
  });

  it('refuses to grow before the browser would, and takes what changes in place', async () => {
    let freeBytes = 3 * 2 ** 20;
    const layer = createWriteBehindLayer({
      ...{ store: createMemoryBlockStore(), hold: createMemoryHolds() },
      freeBytes: async () => freeBytes,
    });
    const file = await open(layer);
    expect(file.write(new Uint8Array(2 ** 20), 0).ok).toBe(true);
    expect(file.write(byte(1), 2 ** 20)).toEqual(full);
    expect(file.write(byte(1), 0).ok).toBe(true);
    freeBytes = 2 ** 30;
    await new Promise((resolve) => setTimeout(resolve, 0));
    file.write(byte(1), 2 ** 20);
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(file.write(byte(1), 2 ** 20).ok).toBe(true);
  });
});

type Run = {
  readonly commits: readonly Commit[];
  readonly summaries: readonly string[];
  /** For each transaction of the store: how many of the workload's had been acknowledged when it completed. */
  readonly acknowledged: readonly number[];
};

const TRANSACTIONS = 60;

/** An account at work, whose store is slow; with checkpoints and new log generations every few transactions. */
const runAccount = async (seed: number): Promise<Run> => {
  const chance = seededChance(seed);
  const store = createMemoryBlockStore();
  const layer = over(store);
  const first = await createTestDatabase(layer);
  const summaries = [summarise(first)];
  createWorkload(first, seed).prepare();
  summaries.push(summarise(first));
  first.close();
  await layer.settle();
  const db = await openTestDatabase(layer, { checkpointFrames: 60 });
  const workload = createWorkload(db, seed, 1);
  const acknowledged = store.commits.map((_, index): number => (index + 1 === store.commits.length ? 1 : 0));
  store.delay(() => new Promise((resolve) => setTimeout(resolve, 2 * chance())));
  const note = (count: number): void => {
    while (acknowledged.length < store.commits.length) acknowledged.push(acknowledged.at(-1) ?? 0);
    acknowledged[acknowledged.length - 1] = count;
  };
  for (let index = 0; index < TRANSACTIONS; index += 1) {
    if (chance() < 0.5) workload.send();
    else workload.receive(1 + Math.floor(chance() * 20));
    summaries.push(summarise(db));
    if (chance() < 0.3) continue;
    expect((await db.settle()).ok).toBe(true);
    note(summaries.length - 1);
  }
  db.close();
  await layer.settle();
  note(summaries.length - 1);
  return { commits: store.commits, summaries, acknowledged };
};

/** What is wrong with what a crash left; undefined if nothing is, or if there was nothing yet. */
const tryCrash = async (commits: readonly Commit[], run: Run, acknowledged: number): Promise<string | undefined> => {
  const opened = await openDatabase(
    await testDeps(over(createMemoryBlockStore(commits)), seededRandom(3)),
    testOptions(),
  );
  if (!opened.ok) return acknowledged === 0 && opened.error.tag === 'unfinished' ? undefined : opened.error.tag;
  const db = opened.value;
  try {
    const judged = db.read(() => judge(db, run, acknowledged));
    return judged.ok ? judged.value : judged.error.tag;
  } finally {
    db.close();
  }
};

describe('a crash of a browser that writes behind', () => {
  it.each([11, 12, 13])('loses nothing that was acknowledged, after whichever transaction (seed %i)', async (seed) => {
    const run = await runAccount(seed);
    expect(run.commits.length).toBeGreaterThan(40);
    const wrong: string[] = [];
    // Before there is a log, there is nothing to open: the files are made one by one.
    for (let last = 2; last <= run.commits.length; last += 1) {
      const found = await tryCrash(run.commits.slice(0, last), run, run.acknowledged[last - 1] ?? 0);
      if (found !== undefined) wrong.push(`after ${last} of ${run.commits.length}: ${found}`);
    }
    expect(wrong).toEqual([]);
  });

  it('would be found out if transactions were not written in order', async () => {
    const run = await runAccount(14);
    let found = 0;
    for (let last = 5; last < run.commits.length; last += 1) {
      const early = [...run.commits.slice(0, last - 2), ...run.commits.slice(last - 1, last)];
      if ((await tryCrash(early, run, run.acknowledged[last - 2] ?? 0)) !== undefined) found += 1;
    }
    expect(found).toBeGreaterThan(10);
  });
});
