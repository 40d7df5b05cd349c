import { describe, expect, it } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { sha256Sync } from '../crypto/hash.ts';
import { utf8 } from '../crypto/bytes.ts';
import { firstSchema } from './migrations/0001-first-schema.ts';
import { searchAndScale } from './migrations/0002-search-and-scale.ts';
import { SCHEMA_FORMAT } from './migrations/migrate.ts';
import { frozenDatabases } from './testing/frozen-databases.ts';
import { BAD_MIGRATIONS, sweepFrozen, tryFrozen } from './testing/frozen-sweep.ts';
import { FILE_FORMAT } from './vfs/layout.ts';

describe('a database of every released format', () => {
  const all = frozenDatabases();

  it.each(all)('$version is read whole and can be written', async (frozen) => {
    expect(await tryFrozen(frozen)).toBeUndefined();
  });

  it.each(BAD_MIGRATIONS)('would be seen to lose something: %s', async (spoil) => {
    expect(await sweepFrozen(spoil)).toMatchObject({ tried: all.length, bad: all.length });
  });

  it('is there, of the files and of the schema', () => {
    const versions = all.map(({ version }) => version);
    for (let format = 1; format <= FILE_FORMAT; format += 1)
      expect(versions).toContainEqual(expect.stringMatching(`^files-${format}-`));
    for (let format = 1; format <= SCHEMA_FORMAT; format += 1)
      expect(versions).toContainEqual(expect.stringMatching(`-schema-${format}$`));
  });
});

describe('a schema that was released', () => {
  it.each([
    [firstSchema, '38f57ca18059eadb64af23b49e07a4e3efd8c7f9ecebc635298653c6260ca31b'],
    [searchAndScale, '032d7c3a66a696b9c8799cc8fef65832547e576d90a2a6caef5fa9249f628a1a'],
  ])('is not changed: add a migration', ({ statements }, expected) => {
    expect(bytesToHex(sha256Sync(utf8(statements.join(';\n'))))).toBe(expected);
  });
});
