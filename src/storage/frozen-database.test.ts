import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { sha256Sync } from '../crypto/hash.ts';
import { utf8 } from '../crypto/bytes.ts';
import { createMemoryFileLayer } from './file-layer-memory.ts';
import { firstSchema } from './migrations/0001-first-schema.ts';
import { searchAndScale } from './migrations/0002-search-and-scale.ts';
import { checkSearchIndex } from './testing/check-search-index.ts';
import { frozenContent, frozenSearch } from './testing/frozen-content.ts';
import { createWorkload, transactionsOf } from './testing/workload.ts';
import { openTestDatabase } from './testing/storage-fixture.ts';

const frozen = new URL('./testing/frozen/', import.meta.url);

describe('a database of every released format', () => {
  for (const version of readdirSync(frozen)) {
    it(`${version} is read whole and can be written`, async () => {
      const read = (name: string): Uint8Array => readFileSync(new URL(`${version}/${name}`, frozen));
      const names = readdirSync(new URL(version, frozen)).filter((name) => name !== 'content.json');
      const images = new Map(names.map((name) => [name, read(name)]));
      const db = await openTestDatabase(createMemoryFileLayer(images));
      const json = (name: string): unknown => JSON.parse(new TextDecoder().decode(read(name)));
      expect(frozenContent(db)).toEqual(json('content.json'));
      if (existsSync(new URL(`${version}/search.json`, frozen))) expect(frozenSearch(db)).toEqual(json('search.json'));
      expect(checkSearchIndex(db)).toBeUndefined();
      expect(db.row('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' });
      createWorkload(db, 9, transactionsOf(db)).send();
      expect(db.close().ok).toBe(true);
    });
  }
});

describe('a schema that was released', () => {
  it.each([
    [firstSchema, '38f57ca18059eadb64af23b49e07a4e3efd8c7f9ecebc635298653c6260ca31b'],
    [searchAndScale, '032d7c3a66a696b9c8799cc8fef65832547e576d90a2a6caef5fa9249f628a1a'],
  ])('is not changed: add a migration', ({ statements }, expected) => {
    expect(bytesToHex(sha256Sync(utf8(statements.join(';\n'))))).toBe(expected);
  });
});
