/**
 * Opens the encrypted database over the browser's own files as the app does, says what it finds there, and writes, one
 * acknowledged transaction after the other, until it is killed. What it says goes to the server that it came from: when
 * a synchronous request is answered, somebody who outlives this browser knows.
 */
import { createOpfsFileLayer } from '../../src/platform/opfs-file-layer.ts';
import { randomBytes } from '../../src/platform/random.ts';
import { keepSpareFile } from '../../src/platform/spare-file.ts';
import { setTimer } from '../../src/platform/time.ts';
import type { Database } from '../../src/storage/database.ts';
import { createDatabase, openDatabase } from '../../src/storage/open-database.ts';
import { createPatientLayer } from '../../src/storage/patient-layer.ts';
import { checkSearchIndex } from '../../src/storage/testing/check-search-index.ts';
import { testDeps, testOptions } from '../../src/storage/testing/storage-fixture.ts';
import { createWorkload, summarise, transactionsOf } from '../../src/storage/testing/workload.ts';
import { acknowledgementAddress, databaseOptionsOf, transact, type Found, type Life } from './life.ts';

const say = (address: string, said = ''): void => {
  const request = new XMLHttpRequest();
  request.open('POST', address, false);
  request.send(said);
};

const open = async (life: Life): ReturnType<typeof openDatabase> => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('killed', { create: life.isFirst });
  const { layer } = keepSpareFile(createOpfsFileLayer(folder));
  const deps = await testDeps(createPatientLayer(layer, setTimer), randomBytes);
  const options = testOptions(databaseOptionsOf(life));
  if (!life.isFirst) return openDatabase(deps, options);
  const created = await createDatabase(deps, options);
  if (!created.ok) throw new Error(`not made: ${created.error.tag}`);
  createWorkload(created.value, life.seed).prepare();
  return created;
};

const nothing = (problem: string): Found => ({ problem, transactions: 0, summary: '' });

/** In a transaction that writes: what came back has to be writable too. */
const look = (db: Database): Found => {
  const looked = db.transaction((): Found => {
    const integrity = db.row<{ integrity_check: string }>('PRAGMA integrity_check')?.integrity_check;
    const problem = integrity === 'ok' ? checkSearchIndex(db) : `corrupt: ${integrity}`;
    return { ...(problem !== undefined && { problem }), transactions: transactionsOf(db), summary: summarise(db) };
  });
  return looked.ok ? looked.value : nothing(`not readable: ${looked.error.tag}`);
};

const write = async (db: Database, life: Life, found: Found): Promise<never> => {
  const workload = createWorkload(db, life.seed, found.transactions);
  for (let index = 0; ; index += 1) {
    const acknowledge = (): void => {
      const transaction = found.transactions + index + 1;
      say(acknowledgementAddress(life, { transaction, isRotated: db.rotation() === undefined }));
    };
    if (life.acknowledges === 'before-commit') acknowledge();
    transact(workload, life.work, index);
    const settled = await db.settle();
    if (!settled.ok) throw new Error(`not settled: ${settled.error.tag}`);
    if (life.acknowledges === 'after-commit') acknowledge();
    if (index < life.rotatesFrom) continue;
    const rotated = await db.rotatePages();
    if (!rotated.ok) throw new Error(`not rotated: ${rotated.error.tag}`);
  }
};

try {
  const life = (await (await fetch('/life')).json()) as Life;
  const opened = await open(life);
  const found = opened.ok ? look(opened.value) : nothing(`not opened: ${opened.error.tag}`);
  say('/found', JSON.stringify(found));
  if (opened.ok) await write(opened.value, life, found);
} catch (thrown) {
  say('/failed', thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown));
}
