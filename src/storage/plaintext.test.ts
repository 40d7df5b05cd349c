import { expect, it } from 'vitest';
import { utf8 } from '../crypto/bytes.ts';
import { createMemoryFileLayer } from './file-layer-memory.ts';
import { createSettingsRepository } from './repositories/settings-repository.ts';
import { createTestDatabase, testPageKey } from './testing/storage-fixture.ts';
import { createWorkload } from './testing/workload.ts';

const contains = (haystack: Uint8Array, needle: Uint8Array): boolean =>
  Buffer.from(haystack.buffer, haystack.byteOffset, haystack.length).includes(Buffer.from(needle));

it('nothing that was written can be read in the files, nor can any key', async () => {
  const layer = createMemoryFileLayer();
  const db = await createTestDatabase(layer, { checkpointFrames: 50 });
  const workload = createWorkload(db, 1);
  workload.prepare();
  const canaries = Array.from({ length: 50 }, (_, number) => utf8(`canary-${number}-of-a-coal-mine`));
  for (const canary of canaries) {
    workload.receive(1);
    workload.send();
    db.transaction(() => createSettingsRepository(db).write(new TextDecoder().decode(canary), canary));
  }
  const words = ['SQLite format', 'CREATE TABLE', 'INSERT', 'river', 'hello', 'Ångström', 'relay.example'].map(utf8);
  for (const state of ['open', 'closed']) {
    if (state === 'closed') db.close();
    for (const [name, bytes] of layer.images()) {
      for (const needle of [...canaries, ...words, testPageKey()]) {
        expect(contains(bytes, needle), `${new TextDecoder().decode(needle)} in file ${name}, ${state}`).toBe(false);
      }
    }
  }
});
