/** One life of the page, from its opening to its death: what it is told to do, and what it says. */
import { generateKey, type PageKey } from '../../src/crypto/keys.ts';
import type { DatabaseOptions } from '../../src/storage/open-database.ts';
import { seededRandom } from '../../src/storage/testing/storage-fixture.ts';
import type { Workload } from '../../src/storage/testing/workload.ts';

export interface Life {
  readonly number: number;
  /** The first of a profile makes the database. */
  readonly isFirst: boolean;
  readonly seed: number;
  readonly work: LifeWork;
  readonly keyEpoch: number;
  /** Pages that have an earlier key are moved from this transaction of the life on. */
  readonly rotatesFrom: number;
  /** `before-commit` is the planted fault. */
  readonly acknowledges: 'after-commit' | 'before-commit';
}

export const LIFE_WORKS = ['messages', 'deleting', 'rotation'] as const;
export type LifeWork = (typeof LIFE_WORKS)[number];

/** What stood in the database when it was opened. */
export interface Found {
  /** In words; absent where nothing is wrong that the database itself can tell. */
  readonly problem?: string;
  readonly transactions: number;
  readonly summary: string;
}

/** Said of each transaction that is durable, before the next one begins. */
export interface Acknowledgement {
  readonly transaction: number;
  /** No page is left under an earlier key. */
  readonly isRotated: boolean;
}

/** All in the address: who is killed while saying it has said it whole, or not at all. */
export const acknowledgementAddress = (life: Life, { transaction, isRotated }: Acknowledgement): string =>
  `/acknowledged/${life.number}/${transaction}/${isRotated ? 'rotated' : 'rotating'}`;

/** With the number of the life: one may be heard of after it has ended. */
export const readAcknowledgement = (
  address: string,
): (Acknowledgement & { readonly lifeNumber: number }) | undefined => {
  const [, life, transaction, rotation] = /^\/acknowledged\/(\d+)\/(\d+)\/(\w+)$/.exec(address) ?? [];
  if (life === undefined) return undefined;
  return { lifeNumber: Number(life), transaction: Number(transaction), isRotated: rotation === 'rotated' };
};

/** Exactly one transaction, which a seed and an index tell completely. */
export const transact = (workload: Workload, work: LifeWork, index: number): void => {
  switch (work) {
    case 'messages':
      return index % 4 === 0 ? workload.receive(1 + (index % 5)) : workload.send();
    case 'deleting':
      return index % 2 === 0 ? workload.receive(4) : workload.shrink(12);
    case 'rotation':
      return workload.receive(2);
  }
};

/** Log frames after which the log is moved into the pages: small, so that many kills meet that. */
const CHECKPOINT_FRAMES = 60;

const keyOf = (epoch: number): PageKey => generateKey<PageKey>(seededRandom(epoch));

export const databaseOptionsOf = ({ keyEpoch }: Life): Partial<DatabaseOptions> => ({
  keyEpoch,
  pageKey: keyOf(keyEpoch),
  ...(keyEpoch > 1 && { previousPageKey: keyOf(keyEpoch - 1) }),
  checkpointFrames: CHECKPOINT_FRAMES,
});
