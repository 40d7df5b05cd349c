import { describe, expect, test } from 'vitest';
import { readVectors, type ReadText } from './vectors.ts';
import { countCases, runWycheproof, type WycheproofFile, type WycheproofSet } from './wycheproof.ts';

/** The same cases in every engine; where the vectors are missing, each set is reported as skipped with the reason. */
export const describeWycheproof = (readText: ReadText, sets: readonly WycheproofSet[]): void => {
  describe('Wycheproof', () => {
    for (const set of sets) {
      test(`${set.file}: all ${set.cases} cases${set.by === undefined ? '' : `, ${set.by}`}`, async ({ skip }) => {
        const vectors = await readVectors<WycheproofFile>(readText, `wycheproof/${set.file}`);
        if ('absent' in vectors) return skip(vectors.absent);
        expect(await runWycheproof(set, vectors.value)).toEqual([]);
        expect(countCases(vectors.value)).toBe(set.cases);
      });
    }
  });
};
