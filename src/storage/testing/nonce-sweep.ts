import { PAGE_NONCE_BYTES, PAGE_TAG_BYTES, type PageCipher } from '../../crypto/page-cipher.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import { createMemoryFileLayer, type FileImages } from '../file-layer-memory.ts';
import { createDatabase, openDatabase } from '../open-database.ts';
import { testDeps, testOptions } from './storage-fixture.ts';
import type { SweepResult } from './sweep-result.ts';
import { createWorkload, transactionsOf } from './workload.ts';

/**
 * Writes down the nonce of every record that is sealed, while a database is closed, crashes, and is cloned: two copies
 * of one moment go on side by side. No nonce may come twice, under any key.
 */
export const sweepNonces = async (random: RandomBytes, asked: number): Promise<SweepResult> => {
  const seen = new Set<string>();
  let tried = 0;
  let bad = 0;

  const watch = (cipher: PageCipher | undefined): PageCipher | undefined =>
    cipher && {
      ...cipher,
      seal(page, associatedData, record) {
        cipher.seal(page, associatedData, record);
        const nonceAt = record.length - PAGE_TAG_BYTES - PAGE_NONCE_BYTES;
        const nonce = Buffer.from(record.slice(nonceAt, nonceAt + PAGE_NONCE_BYTES)).toString('base64');
        tried += 1;
        if (seen.has(nonce)) bad += 1;
        seen.add(nonce);
      },
    };

  const goOn = async (images: FileImages, seed: number): Promise<FileImages> => {
    const layer = createMemoryFileLayer(images);
    const deps = await testDeps(layer, random);
    const watched = {
      ...deps,
      createCipher: (...of: Parameters<typeof deps.createCipher>) => watch(deps.createCipher(...of)),
    };
    const opened = await (images.size === 0 ? createDatabase : openDatabase)(watched, testOptions());
    if (!opened.ok) throw new Error(opened.error.tag);
    const workload = createWorkload(opened.value, seed, transactionsOf(opened.value));
    if (images.size === 0) workload.prepare();
    for (let count = 0; count < 10; count += 1) workload.receive(3);
    const crashed = layer.images();
    opened.value.close();
    return seed % 2 === 0 ? crashed : layer.images();
  };

  let images = await goOn(new Map(), 1);
  for (let seed = 2; tried < asked; seed += 2) {
    const [one] = [await goOn(images, seed), await goOn(images, seed + 1)];
    images = one;
  }
  return { tried, bad, example: bad > 0 ? 'a nonce came twice' : undefined };
};
