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
/** Is deleted as soon as it was stored. */
const isDoomed = (number: number): boolean => number % 3 === 1;
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

/** How the failing disk is seen: through a browser, say, or with room kept on it for deleting. */
export interface SeenDisk {
  readonly layer: FileLayer;
  /** Lets into the room that is kept, if any is; answers how to end that. */
  readonly lift?: () => () => void;
}

/**
 * Lets the file operation number n fail, once or from then on, for n = 0, 1, 2 …, while messages are stored and some of
 * them deleted. Then the disk heals, what was refused is tried again, and the files are opened as a crash would leave
 * them: every message that was not deleted must be there exactly once. What was refused may have happened all the same:
 * a flush that failed may have worked.
 */
export const sweepFaults = async (
  seed: number,
  asked: number,
  through: (layer: FileLayer) => SeenDisk = (layer) => ({ layer }),
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
      const wrong = first ?? (await orFailure(judgeMessages(images, through)));
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

/** Deletes it and tidies up behind it, as the app does; what cannot be tidied up now is left for another time. */
const deleteMessage = (db: Database, number: number, { lift }: SeenDisk): boolean => {
  const endLift = lift?.();
  const deleted = db.transaction(() => {
    const messages = createMessagesRepository(db);
    const message = messages.byId(AUTHOR.accountId, messageIdOf(number));
    if (message !== undefined) messages.remove(message.arrival);
  });
  db.checkpoint({ emptiesLog: true });
  endLift?.();
  return deleted.ok;
};

const NUMBERS = Array.from({ length: MESSAGES }, (_, number) => number);

const missingIn = (db: Database): readonly number[] => {
  const messages = createMessagesRepository(db);
  return NUMBERS.filter((number) => messages.byId(AUTHOR.accountId, messageIdOf(number)) === undefined);
};

/** The files are those of a crash: the database is closed afterwards, or its memory would never be given back. */
const storeUnder = async (
  layer: FaultyFileLayer,
  through: (layer: FileLayer) => SeenDisk,
  seed: number,
  breakDisk: () => void,
): Promise<{ readonly wrong: string | undefined; readonly images: FileImages }> => {
  const disk = through(layer);
  const db = await openTestDatabase(disk.layer, { checkpointFrames: CHECKPOINT_FRAMES });
  breakDisk();
  const broken = await orFailure(useBroken(db, disk, seed));
  layer.heal();
  const wrong = broken ?? (await orFailure(useHealed(db, disk, seed)));
  const images = layer.images();
  db.close();
  return { wrong, images };
};

/** No fault is in the way of reading: where that fails, something was lost. */
const orFailure = (judged: Promise<string | undefined>): Promise<string | undefined> =>
  judged.catch((thrown: unknown) => `failed: ${String(thrown)}`);

/** Stores and deletes what can be under the fault. Answers what went wrong beyond refusals. */
const useBroken = async (db: Database, disk: SeenDisk, seed: number): Promise<string | undefined> => {
  const stored = new Set<number>();
  const deleted = new Set<number>();
  for (const number of NUMBERS) {
    if (storeMessage(db, number, seed)) stored.add(number);
    // Nobody is told that something is stored before this, and files that are opened meanwhile are there after it.
    await db.settle();
    if (isDoomed(number) && deleteMessage(db, number, disk)) deleted.add(number);
  }
  const missing = missingIn(db);
  const lost = missing.filter((number) => stored.has(number) && !isDoomed(number));
  if (lost.length > 0) return `acknowledged, then unreadable: ${lost.join(' ')}`;
  const returned = [...deleted].filter((number) => !missing.includes(number));
  return returned.length > 0 ? `deleted, then there again: ${returned.join(' ')}` : undefined;
};

/** Does what was refused. */
const useHealed = async (db: Database, disk: SeenDisk, seed: number): Promise<string | undefined> => {
  /** Where room is kept, whoever comes first after it was used is refused, until its file has been opened again. */
  const isDone = async (act: () => boolean): Promise<boolean> => {
    if (act()) return true;
    await db.settle();
    return disk.lift !== undefined && act();
  };
  for (const number of missingIn(db)) {
    if (!(await isDone(() => storeMessage(db, number, seed)))) return `refused on a healed disk: ${number}`;
  }
  for (const number of NUMBERS.filter(isDoomed)) {
    if (!(await isDone(() => deleteMessage(db, number, disk)))) return `not deleted on a healed disk: ${number}`;
  }
  return undefined;
};

const judgeMessages = async (
  images: FileImages,
  through: (layer: FileLayer) => SeenDisk,
): Promise<string | undefined> => {
  const { layer } = through(createMemoryFileLayer(images));
  const opened = await openDatabase(await testDeps(layer), testOptions());
  if (!opened.ok) return `it does not open: ${opened.error.tag}`;
  const db = opened.value;
  try {
    const integrity = db.row<{ integrity_check: string }>('PRAGMA integrity_check');
    if (integrity?.integrity_check !== 'ok') return 'corrupt';
    createSearchIndex(db).catchUp();
    const index = checkSearchIndex(db);
    if (index !== undefined) return index;
    const missing = missingIn(db);
    if (createMessagesRepository(db).count() !== MESSAGES - missing.length) return 'not every message exactly once';
    const lost = missing.filter((number) => !isDoomed(number));
    if (lost.length > 0) return `missing: ${lost.join(' ')}`;
    return missing.length < NUMBERS.filter(isDoomed).length ? 'a deleted message is there' : undefined;
  } finally {
    db.close();
  }
};
