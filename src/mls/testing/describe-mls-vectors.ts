import { describe, expect, test } from 'vitest';
import { readVectors, type ReadText } from '../../crypto/testing/vectors.ts';
import { MLS_VECTOR_SETS, runMlsVectors } from './mls-vectors.ts';

/** The same cases in every engine; where the vectors are missing, each set is reported as skipped with the reason. */
export const describeMlsVectors = (readText: ReadText): void => {
  describe('RFC 9420 vectors, suite 7', () => {
    for (const set of MLS_VECTOR_SETS) {
      test(`${set.file}: all ${set.cases} cases`, async ({ skip }) => {
        const vectors = await readVectors<{ cipher_suite: number }[]>(readText, `mls/${set.file}`);
        if ('absent' in vectors) return skip(vectors.absent);
        expect(await runMlsVectors(set, vectors.value)).toEqual({ cases: set.cases, differences: [] });
      });
    }
  });
};
