import { utf8 } from '../../crypto/bytes.ts';
import type { FileLayer } from '../file-layer.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { createSearchIndex } from '../repositories/search-index.ts';
import { createSettingsRepository } from '../repositories/settings-repository.ts';
import { decryptImage } from './decrypted-image.ts';
import { createTestDatabase, testPageKey } from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload } from './workload.ts';

const contains = (haystack: Uint8Array, needle: Uint8Array): boolean =>
  Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length).includes(Buffer.from(needle));

const WORDS = ['SQLite format', 'CREATE TABLE', 'INSERT', 'river', 'hello', 'Ångström', 'relay.example'].map(utf8);
const ROUND = 50;

/** Each canary is stored, looked for in every stored byte while it is there, and in the decrypted image once it is not. */
export interface CanaryResults {
  readonly sealed: SweepResult;
  readonly forgotten: SweepResult;
}

/** `kept`: what was deleted is written once more. `in-clear`: something writes beside the database what goes into it. */
export type PlantedLeak = 'kept' | 'in-clear';

/** @param asked of each kind, at least */
export const sweepCanaries = async (seed: number, asked: number, planted?: PlantedLeak): Promise<CanaryResults> => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer, { checkpointFrames: 50 }, seed);
  const workload = createWorkload(db, seed);
  workload.prepare();
  const settings = createSettingsRepository(db);
  const sealed = tally();
  const forgotten = tally();
  const oldLogKeys = new Set<string>();
  for (let round = 0; Math.min(sealed.tried, forgotten.tried) < asked; round += 1) {
    const names = Array.from({ length: ROUND }, (_, index) => `canary-${seed}-${round}-${index}-of-a-coal-mine`);
    const needles = names.map(utf8);
    workload.receive(5);
    workload.send();
    db.transaction(() => names.forEach((name, index) => settings.write(name, needles[index] ?? utf8(name))));
    db.transaction(() => db.run(`UPDATE conversations SET draft = ? WHERE id = 1`, [names.join(' ')]));
    db.transaction(() => createSearchIndex(db).catchUp());
    for (const key of decryptImage(layer.images(), testPageKey()).logKeys) oldLogKeys.add(key.join());
    if (planted === 'in-clear') await writeBeside(layer, needles[0]);
    for (const needle of [...needles, ...WORDS, testPageKey()]) {
      sealed.note(
        !isInFiles(layer.images(), needle),
        `seed ${seed}, round ${round}: ${new TextDecoder().decode(needle)}`,
      );
    }

    db.transaction(() => {
      names.forEach((name) => db.run('DELETE FROM settings WHERE key = ?', [name]));
      db.run(`UPDATE conversations SET draft = '' WHERE id = 1`);
      db.rows('PRAGMA incremental_vacuum(50)');
      if (planted === 'kept') settings.write('kept', needles[0] ?? new Uint8Array(0));
    });
    // Its window ends with the log's generation.
    db.checkpoint();
    workload.receive(1);
    const image = decryptImage(layer.images(), testPageKey());
    for (const needle of needles) {
      const isGone = ![...image.pages, ...image.frames].some((part) => contains(part, needle));
      forgotten.note(isGone, `seed ${seed}, round ${round}: ${new TextDecoder().decode(needle)}`);
    }
    for (const key of image.logKeys) forgotten.note(!oldLogKeys.has(key.join()), `round ${round}: an old log key`);
  }
  db.close();
  return { sealed: sealed.result(), forgotten: forgotten.result() };
};

const writeBeside = async (layer: FileLayer, bytes = new Uint8Array(0)): Promise<void> => {
  const file = await layer.open('temporary', 'create');
  if (!file.ok) throw new Error(`not opened: ${file.error.tag}`);
  file.value.write(bytes, 0);
  file.value.close();
};

const isInFiles = (images: FileImages, needle: Uint8Array): boolean =>
  [...images.values()].some((bytes) => contains(bytes, needle));

const tally = () => {
  let tried = 0;
  let bad = 0;
  let example: string | undefined;
  return {
    get tried() {
      return tried;
    },
    note(isGood: boolean, what: string): void {
      tried += 1;
      if (isGood) return;
      bad += 1;
      example ??= what;
    },
    result: (): SweepResult => ({ tried, bad, example }),
  };
};
