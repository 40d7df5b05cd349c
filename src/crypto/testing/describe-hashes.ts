import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../domain/ids.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import { hashId, sha256, sha256Sync, sha384, sha512 } from '../hash.ts';
import { HASH_LABELS } from '../labels.ts';
import { createSeededRandom } from './seeded-random.ts';

export const describeHashes = (): void => {
  describe('hashes', () => {
    test('of "abc" are those of FIPS 180-4', async () => {
      const abc = utf8('abc');
      expect(bytesToHex(await sha256(abc))).toMatch(/^ba7816bf8f01cfea414140de5dae2223.{32}$/);
      expect(bytesToHex(await sha384(abc))).toMatch(/^cb00753f45a35e8bb5a03d699ac65007.{64}$/);
      expect(bytesToHex(await sha512(abc))).toMatch(/^ddaf35a193617abacc417349ae204131.{96}$/);
    });

    test('the synchronous SHA-256 is the same', async () => {
      const random = createSeededRandom('hash');
      for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
        const bytes = random(length);
        expect(sha256Sync(bytes)).toEqual(await sha256(bytes));
      }
    });

    test('an id is SHA-256(label | 0x00 | bytes)', async () => {
      const bytes = utf8('entry 0');
      const expected = await sha256(concatBytes(utf8('sotto/1/account-id'), Uint8Array.of(0), bytes));
      expect(hashId(HASH_LABELS.accountId, bytes)).toEqual(expected);
    });
  });
};
