import { equalBytes } from '../../crypto/bytes.ts';
import { sha256Sync } from '../../crypto/hash.ts';
import { PAGE_OVERHEAD_BYTES } from '../../crypto/page-cipher.ts';
import type { CountedFile } from './counted-file.ts';
import type { FreshnessTable } from './freshness-table.ts';
import { PAGE_BYTES, USABLE_BYTES, pageOffset } from './layout.ts';
import type { EpochSeal, PageKeyring } from './page-keyring.ts';
import type { FreshnessState, RotationState } from './superblock-codec.ts';
import type { SuperblockStore } from './superblock-store.ts';
import { VolumeFault } from './volume-fault.ts';

/** Pages that are moved at once: 4 MiB of the journal, a fraction of a second. */
const BATCH_PAGES = 1_024;

export interface PageRotation {
  /** True while pages of the key before may be left. */
  readonly isUnderWay: boolean;
  readonly movedPages: number;
  /**
   * Everything is sealed under `next` from now on. No log may be in use.
   * @throws VolumeFault; then nothing has changed
   */
  begin(next: EpochSeal): void;
  /**
   * Moves the next pages. Every page must be at its place: the log was moved into the pages before. Answers true when
   * none was left, and the key before is forgotten.
   * @throws VolumeFault; the next use of the pages finishes what was begun, or fails as well
   */
  step(pageCount: number): boolean;
  /** Finishes a step that was interrupted. Nobody reads or writes a page before. @throws VolumeFault */
  mend(): void;
}

export interface PageRotationDeps {
  readonly main: CountedFile;
  /** Open while a rotation is under way. */
  readonly journal: () => CountedFile;
  readonly keyring: PageKeyring;
  readonly freshness: FreshnessTable;
  readonly superblocks: SuperblockStore;
  readonly saveFreshness: () => FreshnessState;
}

/**
 * Moves all pages from one key to the next (docs/protocol/database-file.md, "Rotating the page key"). A batch of pages,
 * sealed anew, goes to the journal, flush | superblock with the journal's root, flush | the pages at their places, flush
 * | freshness table, superblock with the number of pages moved. A crash after the second step is mended from the
 * journal, one before it has changed nothing.
 */
export const createPageRotation = (deps: PageRotationDeps): PageRotation => {
  const { main, journal, keyring, freshness, superblocks, saveFreshness } = deps;

  const stateOf = (): RotationState => {
    const { rotation } = superblocks.current;
    if (rotation === undefined) throw new Error('no rotation is under way');
    return rotation;
  };

  /** Opens the pages as they stand, seals them anew, side by side. */
  const sealAnew = (first: number, count: number): Uint8Array<ArrayBuffer> => {
    const records = new Uint8Array(count * PAGE_BYTES);
    const plain = new Uint8Array(USABLE_BYTES);
    if (main.read(records, pageOffset(first)) !== records.length) throw damaged();
    for (let index = 0; index < count; index += 1) {
      const record = recordOf(records, index);
      const isGood = freshness.isNewest(first + index, record) && keyring.openPage(first + index, record, plain);
      if (!isGood) throw damaged();
      keyring.sealPage(first + index, plain, record);
    }
    plain.fill(0);
    return records;
  };

  /** What a superblock promised: these records stand at their places. */
  const putInPlace = (records: Uint8Array<ArrayBuffer>, rotation: RotationState): void => {
    const first = rotation.movedPages + 1;
    main.write(records, pageOffset(first));
    main.flush();
    const count = records.length / PAGE_BYTES;
    for (let index = 0; index < count; index += 1) freshness.note(first + index, recordOf(records, index));
    superblocks.advance({
      freshness: saveFreshness(),
      rotation: { ...rotation, movedPages: rotation.movedPages + count, journal: undefined },
    });
  };

  return {
    get isUnderWay() {
      return superblocks.current.rotation !== undefined;
    },
    get movedPages() {
      return superblocks.current.rotation?.movedPages ?? 0;
    },

    begin(next) {
      superblocks.makeCertain();
      const { suiteId: previousSuiteId } = superblocks.current;
      keyring.begin(next);
      freshness.rewrite();
      try {
        const rotation = { previousSuiteId, movedPages: 0, journal: undefined };
        superblocks.advance({ freshness: saveFreshness(), rotation });
      } catch (thrown) {
        keyring.takeBack();
        freshness.rewrite();
        throw thrown;
      }
      // To the other copy as well, so that the key before opens neither.
      superblocks.advance({});
    },

    step(pageCount) {
      superblocks.makeCertain();
      const rotation = stateOf();
      const count = Math.min(BATCH_PAGES, pageCount - rotation.movedPages);
      if (count <= 0) {
        superblocks.advance({ rotation: undefined });
        superblocks.advance({});
        keyring.forgetPrevious();
        return true;
      }
      const records = sealAnew(rotation.movedPages + 1, count);
      journal().write(records, 0);
      journal().flush();
      superblocks.advance({ rotation: { ...rotation, journal: { pageCount: count, root: rootOf(records) } } });
      putInPlace(records, rotation);
      return false;
    },

    mend() {
      const { rotation } = superblocks.current;
      if (rotation?.journal === undefined) return;
      const records = new Uint8Array(rotation.journal.pageCount * PAGE_BYTES);
      const isWhole = journal().read(records, 0) === records.length;
      if (!isWhole || !equalBytes(rootOf(records), rotation.journal.root)) throw damaged();
      putInPlace(records, rotation);
    },
  };
};

const recordOf = (records: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> =>
  records.subarray(index * PAGE_BYTES, (index + 1) * PAGE_BYTES);

const rootOf = (records: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const count = records.length / PAGE_BYTES;
  const seals = new Uint8Array(count * PAGE_OVERHEAD_BYTES);
  for (let index = 0; index < count; index += 1) {
    seals.set(recordOf(records, index).subarray(USABLE_BYTES), index * PAGE_OVERHEAD_BYTES);
  }
  return sha256Sync(seals);
};

const damaged = (): VolumeFault => new VolumeFault({ tag: 'damaged', part: 'pages' });
