import { expect, it } from 'vitest';
import { labelInfo, SEAL_LABELS } from '../../crypto/labels.ts';
import { hexToBytes, type DatabaseId } from '../../domain/ids.ts';
import { createAssociatedData } from './associated-data.ts';
import { RECORD_FORMAT, FILE_KIND } from './layout.ts';

const DATABASE = 'ab'.repeat(16) as DatabaseId;

it('is the info of the label, whatever the number', () => {
  for (const keyEpoch of [1, 300]) {
    const associatedDataFor = createAssociatedData(DATABASE, keyEpoch, FILE_KIND.page);
    for (const number of [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, 7]) {
      const context = [hexToBytes(DATABASE), FILE_KIND.page, number, keyEpoch, RECORD_FORMAT];
      expect(associatedDataFor(number)).toEqual(labelInfo(SEAL_LABELS.page, context));
    }
  }
});

it('differs for every place, kind, epoch and database', () => {
  const all = [DATABASE, 'ac'.repeat(16) as DatabaseId].flatMap((database) =>
    [1, 2].flatMap((epoch) =>
      Object.values(FILE_KIND).flatMap((kind) =>
        [0, 1].map((number) => createAssociatedData(database, epoch, kind)(number).join()),
      ),
    ),
  );
  expect(new Set(all).size).toBe(all.length);
});
