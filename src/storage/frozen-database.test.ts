import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { sha256Sync } from '../crypto/hash.ts';
import { utf8 } from '../crypto/bytes.ts';
import { createMemoryFileLayer } from './file-layer-memory.ts';
import { firstSchema } from './migrations/0001-first-schema.ts';
import { frozenContent } from './testing/frozen-content.ts';
import { createWorkload, transactionsOf } from './testing/workload.ts';
import { openTestDatabase } from './testing/storage-fixture.ts';
import { FILE_NAMES } from './vfs/layout.ts';

const frozen = new URL('./testing/frozen/', import.meta.url);

describe('a database of every released format', () => {
  for (const version of readdirSync(frozen)) {
    it(`${version} is read whole and can be written`, async () => {
      const read = (name: string): Uint8Array => readFileSync(new URL(`${version}/${name}`, frozen));
      const images = new Map([FILE_NAMES.main, FILE_NAMES.log].map((name) => [name, read(name)]));
      const db = await openTestDatabase(createMemoryFileLayer(images));
      expect(frozenContent(db)).toEqual(JSON.parse(new TextDecoder().decode(read('content.json'))));
      expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
      createWorkload(db, 9, transactionsOf(db)).send();
      expect(db.close().ok).toBe(true);
    });
  }
});

describe('a schema that was released', () => {
  it('is not changed: add a migration', () => {
    const hash = bytesToHex(sha256Sync(utf8(firstSchema.statements.join(';\n'))));
    expect(hash).toBe('38f57ca18059eadb64af23b49e07a4e3efd8c7f9ecebc635298653c6260ca31b');
  });
});
