import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/domain/limits.ts';
import { deferToEndOfTurn, randomBytes } from '../../platform.ts';
import { StorageFullError, type RelayStore } from '../store.ts';
import { describeRelayStore } from '../testing/store-contract.ts';
import {
  acknowledgeAll,
  addGroup,
  addMailbox,
  depositInto,
  fetchAll,
  hashOf,
  NOW_MS,
} from '../testing/store-fixture.ts';
import { createGroupCommit } from './group-commit.ts';
import { openSqliteStore, type SqliteStoreOptions } from './open.ts';

const open = (options: SqliteStoreOptions): RelayStore =>
  openSqliteStore({ random: randomBytes, defer: deferToEndOfTurn }, options);

describeRelayStore('SQLite in memory', async () => open({ file: ':memory:' }));

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sotto-store-'));
  file = join(directory, 'relay.sqlite');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describeRelayStore('SQLite on disk', async () => open({ file }));

it('holds one incarnation until it is restored, and then gives no cursor and no sequence twice', async () => {
  let store = open({ file });
  const { incarnation } = store;
  const [ada, ben] = [await addMailbox(store), await addMailbox(store)];
  const groupId = await addGroup(store, [ada, ben]);
  const toBoth = { base: 1, head: 1, capabilityHash: hashOf('capability 1') };
  await store.deposit(depositInto(groupId, toBoth));
  const before = (await fetchAll(store, ben)).items.at(-1)!;
  await store.close();

  store = open({ file });
  expect(store.incarnation).toEqual(incarnation);
  await store.close();

  store = open({ file, restored: true });
  expect(store.incarnation).not.toEqual(incarnation);
  await store.deposit(depositInto(groupId, toBoth));
  const after = (await fetchAll(store, ben)).items.at(-1)!;
  expect(after.sequence - before.sequence).toBeGreaterThan(10_000);
  expect(after.cursor - before.cursor).toBeGreaterThan(10_000);
  await store.close();
});

it('refuses what is asked for after it was closed, and the process lives on', async () => {
  const store = open({ file });
  await store.close();
  await expect(store.expire(0)).rejects.toThrow('database is not open');
});

it('stores a body once, and not at all once everybody acknowledged it', async () => {
  const store = open({ file });
  const mailboxes = [await addMailbox(store), await addMailbox(store), await addMailbox(store)];
  const groupId = await addGroup(store, mailboxes);
  const toAll = { base: 1, head: 1, capabilityHash: hashOf('capability 1') };
  await store.deposit(depositInto(groupId, toAll));
  const database = new DatabaseSync(file, { readOnly: true });
  const count = () => database.prepare('SELECT (SELECT count(*) FROM bodies) AS n').get()!.n;
  expect(count()).toBe(1);
  for (const mailboxId of mailboxes) await acknowledgeAll(store, mailboxId);
  expect(count()).toBe(0);
  database.close();
  await store.close();
});

it.each([
  ['count', { items: 3, bytes: 1_000_000 }],
  ['size', { items: 1_000, bytes: 600 }],
])(
  'refuses messages once too much waits for a recipient, by %s, until some was taken away',
  async (_, waitingLimits) => {
    const store = open({ file, waitingLimits });
    const [ada, ben] = [await addMailbox(store), await addMailbox(store)];
    const groupId = await addGroup(store, [ada, ben]);
    const toBoth = { base: 1, head: 1, capabilityHash: hashOf('capability 1') };
    const send = () => store.deposit(depositInto(groupId, toBoth));
    for (let count = 0; count < 3; count += 1) expect(await send()).toMatchObject({ ok: true });
    await acknowledgeAll(store, ada);
    expect(await send()).toMatchObject({ ok: false, error: { tag: 'too-many' } });
    expect((await fetchAll(store, ada)).items).toEqual([]);
    const [first] = (await fetchAll(store, ben)).items;
    await store.acknowledge(ben, [{ cursor: first!.cursor, standing: 'applied' }]);
    expect(await send()).toMatchObject({ ok: true });
    expect(await send()).toMatchObject({ ok: false });
    // What is over makes room too, and whoever left the group stops nobody.
    await store.expire(NOW_MS + 7 * DAY_MS);
    expect(await send()).toMatchObject({ ok: true });
    for (let count = 0; count < 2; count += 1) await send();
    await acknowledgeAll(store, ada);
    expect(await send()).toMatchObject({ ok: false });
    await store.leaveGroup(groupId, ben);
    expect(await send()).toMatchObject({ ok: true });
    await store.close();
  },
);

it('counts what already waits in a database of version 1', async () => {
  let store = open({ file });
  const [ada, ben] = [await addMailbox(store), await addMailbox(store)];
  const groupId = await addGroup(store, [ada, ben]);
  const toBoth = { base: 1, head: 1, capabilityHash: hashOf('capability 1') };
  await store.deposit(depositInto(groupId, toBoth));
  await store.close();
  const database = new DatabaseSync(file);
  database.exec('DROP TRIGGER waiting_more; DROP TRIGGER waiting_less; DROP TABLE waiting; PRAGMA user_version = 1');
  database.close();
  store = open({ file, waitingLimits: { items: 1, bytes: 1_000_000 } });
  expect(await store.deposit(depositInto(groupId, toBoth))).toMatchObject({ ok: false, error: { tag: 'too-many' } });
  await store.close();
});

it('refuses a database of a newer version', () => {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 99');
  database.close();
  expect(() => open({ file })).toThrow('format 99');
});

it('answers nothing of a turn before its COMMIT, and takes back only the write that failed', async () => {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER UNIQUE) STRICT');
  const others = new DatabaseSync(file, { readOnly: true });
  const visible = () => others.prepare('SELECT count(*) AS n FROM t').get()!.n;
  const turns: (() => void)[] = [];
  const { write } = createGroupCommit(database, (task) => void turns.push(task));
  const insert = (n: number) => write(() => database.prepare('INSERT INTO t VALUES (?)').run(n).changes);

  const seen: unknown[] = [];
  const writes = [insert(1), insert(2), insert(1), insert(3)].map((answer) => answer.then(() => seen.push(visible())));
  expect(visible()).toBe(0);
  expect(turns).toHaveLength(1);
  turns[0]!();
  const answers = await Promise.allSettled(writes);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(seen).toEqual([3, 3, 3]);
  others.close();
  database.close();
});

it('keeps nothing of a turn that a full disk ended, and says so to each of its writes', async () => {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (b BLOB) STRICT; PRAGMA max_page_count = 20');
  const { write } = createGroupCommit(database, deferToEndOfTurn);
  const insert = (size: number) => write(() => database.prepare('INSERT INTO t VALUES (?)').run(randomBytes(size)));
  const answers = await Promise.allSettled([insert(10), insert(200_000), insert(10)]);
  for (const answer of answers) {
    expect(answer.status === 'rejected' && answer.reason).toBeInstanceOf(StorageFullError);
  }
  expect(database.prepare('SELECT count(*) AS n FROM t').get()!.n).toBe(0);
  await insert(10);
  expect(database.prepare('SELECT count(*) AS n FROM t').get()!.n).toBe(1);
  database.close();
});
