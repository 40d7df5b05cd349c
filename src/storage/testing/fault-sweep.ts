import type { AccountId, MessageId } from '../../domain/ids.ts';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import type { FileLayer, FileLayerError } from '../file-layer.ts';
import { createMessagesRepository } from '../repositories/messages-repository.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { checkSearchIndex } from './check-search-index.ts';
import { createFaultyFileLayer, type FaultyFileLayer } from './file-layer-faulty.ts';
import { createTestDatabase, openTestDatabase, testDeps, testOptions } from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload, workloadConversation } from './workload.ts';

const MESSAGES = 12;
/** The log is moved into the pages every few transactions, so that faults meet checkpoints too. */
const CHECKPOINT_FRAMES = 40;
const AUTHOR = { accountId: 'ee'.repeat(32) as AccountId, deviceIndex: 0 };

interface Fault {
  readonly error: FileLayerError;
  readonly lasting: boolean;
}

const FAULTS: readonly Fault[] = [
  { error: { tag: 'full' }, lasting: false },
  { error: { tag: 'full' }, lasting: true },
  { error: { tag: 'io' }, lasting: false },
  { error: { tag: 'io' }, lasting: true },
];

/**
 * Lets the file operation number n fail, once or from then on, for n = 0, 1, 2 …, while messages are stored. Then the
 * disk heals, what was refused is tried again, and the files are opened as a crash would leave them: every message must
 * be there exactly once. A refused message may have been stored all the same: a flush that failed may have worked.
 */
export const sweepFaults = async (
  seed: number,
  asked: number,
  /** How the failing disk is seen: through a browser, say. */
  through: (layer: FileLayer) => FileLayer = (layer) => layer,
): Promise<SweepResult> => {
  const base = await prepareFiles(seed);
  const healthy = createFaultyFileLayer(base);
  await storeUnder(healthy, through, seed, () => undefined);
  let tried = 0;
  let bad = 0;
  let example: string | undefined;
  for (let at = 0; at < healthy.operations.length && tried < asked; at += 1) {
    for (const fault of FAULTS) {
      const layer = createFaultyFileLayer(base);
      const breakDisk = (): void => layer.failAt(at, fault.error, fault.lasting);
      const { wrong: first, images } = await storeUnder(layer, through, seed, breakDisk);
      const wrong = first ?? (await judgeMessages(images));
      tried += 1;
      if (wrong === undefined) continue;
      bad += 1;
      example ??= `seed ${seed}, ${fault.lasting ? 'lasting' : 'once'} ${fault.error.tag} at operation ${at}: ${wrong}`;
    }
  }
  return { tried, bad, example };
};

const prepareFiles = async (seed: number): Promise<FileImages> => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer);
  createWorkload(db, seed).prepare();
  db.close();
  return layer.images();
};

const messageIdOf = (number: number): MessageId => number.toString(16).padStart(32, '0') as MessageId;

const storeMessage = (db: Database, number: number, seed: number): boolean =>
  db.transaction(() => {
    const messages = createMessagesRepository(db);
    const messageId = messageIdOf(number);
    if (messages.hasSeen(AUTHOR.accountId, messageId)) return;
    messages.insertReceived(
      workloadConversation(0),
      {
        messageId,
        author: AUTHOR,
        kind: 0,
        format: 1,
        text: `message ${number} `.repeat(1 + ((number * 37 + seed) % 60)),
        body: undefined,
        time: { wallMs: number, counter: 0 },
        sentAtMs: number,
        relayAtMs: number,
        storedAtMs: number,
      },
      { position: { generation: 0, sequence: number }, isMine: false },
    );
  }).ok;

const missingIn = (db: Database): readonly number[] => {
  const messages = createMessagesRepository(db);
  const numbers = Array.from({ length: MESSAGES }, (_, number) => number);
  return numbers.filter((number) => messages.byId(AUTHOR.accountId, messageIdOf(number)) === undefined);
};

/** The files are those of a crash: the database is closed afterwards, or its memory would never be given back. */
const storeUnder = async (
  layer: FaultyFileLayer,
  through: (layer: FileLayer) => FileLayer,
  seed: number,
  breakDisk: () => void,
): Promise<{ readonly wrong: string | undefined; readonly images: FileImages }> => {
  const db = await openTestDatabase(through(layer), { checkpointFrames: CHECKPOINT_FRAMES });
  const wrong = storeMessages(db, seed, breakDisk, () => layer.heal());
  const images = layer.images();
  db.close();
  return { wrong, images };
};

/** Stores what can be stored under the fault, then the rest. Answers what went wrong beyond refusals. */
const storeMessages = (db: Database, seed: number, breakDisk: () => void, healDisk: () => void): string | undefined => {
  breakDisk();
  const acknowledged = new Set<number>();
  for (let number = 0; number < MESSAGES; number += 1) {
    if (storeMessage(db, number, seed)) acknowledged.add(number);
  }
  const lost = missingIn(db).filter((number) => acknowledged.has(number));
  if (lost.length > 0) return `acknowledged, then unreadable: ${lost.join(' ')}`;
  healDisk();
  for (const number of missingIn(db)) if (!storeMessage(db, number, seed)) return `refused on a healed disk: ${number}`;
  return undefined;
};

const judgeMessages = async (images: FileImages): Promise<string | undefined> => {
  const opened = await openDatabase(await testDeps(createMemoryFileLayer(images)), testOptions());
  if (!opened.ok) return `it does not open: ${opened.error.tag}`;
  const db = opened.value;
  try {
    const integrity = db.row<{ integrity_check: string }>('PRAGMA integrity_check');
    if (integrity?.integrity_check !== 'ok') return 'corrupt';
    createSearchIndex(db).catchUp();
    const index = checkSearchIndex(db);
    if (index !== undefined) return index;
    if (createMessagesRepository(db).count() !== MESSAGES) return 'not every message exactly once';
    return missingIn(db).length === 0 ? undefined : 'a message is missing';
  } finally {
    db.close();
  }
};
