import { expect, it } from 'vitest';
import { createMemoryFileLayer } from '../../src/storage/file-layer-memory.ts';
import { createTestDatabase } from '../../src/storage/testing/storage-fixture.ts';
import { createRecorder } from './recorder.ts';
import type { Recording } from './recording.ts';

it('replayed in order, leaves the messages that it recorded, and reads the same rows', async () => {
  const recorder = await createRecorder(300);
  const schema = recorder.schema();
  expect(schema.texts.some((text) => text.includes('CREATE TABLE messages'))).toBe(true);
  const db = await createTestDatabase(createMemoryFileLayer());
  const replay = ({ texts, transactions }: Recording): number =>
    transactions.flat().reduce((rows, { text, parameters }) => rows + db.rows(texts[text] ?? '', parameters).length, 0);

  replay(recorder.prepare());
  replay(recorder.bulk(3, 100));
  replay(recorder.receive(5));
  expect(db.row('SELECT count(*) AS messages FROM messages')).toEqual({ messages: 305 });
  const pages = recorder.pages(20);
  expect(pages.transactions).toHaveLength(20);
  expect(replay(pages)).toBeGreaterThan(100);
  expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
  recorder.close();
});
