import type { CountedFile } from './counted-file.ts';
import type { FreshnessTable } from './freshness-table.ts';
import { PAGE_BYTES, PAGES_OFFSET, RESERVED_BYTES, USABLE_BYTES, pageOffset } from './layout.ts';
import type { PageKeyring } from './page-keyring.ts';
import type { VolumeFile } from './volume-file.ts';
import { VolumeFault } from './volume-fault.ts';

/** Pages gathered before they are sent to disk ahead of a sync, so that a long checkpoint stays within 8 MiB. */
const GATHERED_PAGES_MAX = 2_048;
/** Pages in one write, at most: 1 MiB. */
const RUN_PAGES_MAX = 256;

const SQLITE_HEADER_BYTES = 100;
/** Never used by SQLite: it covers byte 2^30 (https://sqlite.org/fileformat2.html#the_lock_byte_page). */
const LOCK_PAGE = 2 ** 30 / PAGE_BYTES + 1;

/**
 * The database file: a sealed slot for each page. Writes come from checkpoints; they are gathered and go out at the
 * sync in ascending order, neighbours in one write. A page that is not the newest of its place is damage.
 */
export const createPageFile = (deps: {
  readonly file: CountedFile;
  readonly keyring: Pick<PageKeyring, 'sealPage' | 'openPage'>;
  readonly freshness: Pick<FreshnessTable, 'isNewest' | 'note' | 'cut'>;
  /** Finishes what an interrupted rotation left half done. @throws VolumeFault */
  readonly mend: () => void;
}): VolumeFile => {
  const { file, keyring, freshness, mend } = deps;
  /** Sealed pages that the disk does not have yet, by page number. */
  const gathered = new Map<number, Uint8Array<ArrayBuffer>>();
  /** Buffers of pages that were sent: a checkpoint that made each of them anew spent its time on collecting them. */
  const spare: Uint8Array<ArrayBuffer>[] = [];
  const record = new Uint8Array(PAGE_BYTES);
  const page = new Uint8Array(USABLE_BYTES);
  const run = new Uint8Array(RUN_PAGES_MAX * PAGE_BYTES);
  let size = Math.max(0, file.size() - PAGES_OFFSET);
  size -= size % PAGE_BYTES;

  const openPage = (number: number, into: Uint8Array): void => {
    let sealed = gathered.get(number);
    if (sealed === undefined) {
      sealed = record;
      if (file.read(record, pageOffset(number)) !== PAGE_BYTES) throw damaged();
    }
    if (!freshness.isNewest(number, sealed)) throw damaged();
    if (!keyring.openPage(number, sealed, into)) throw damaged();
  };

  const gather = (number: number, plain: Uint8Array): void => {
    const sealed = gathered.get(number) ?? spare.pop() ?? new Uint8Array(PAGE_BYTES);
    keyring.sealPage(number, plain, sealed);
    gathered.set(number, sealed);
    freshness.note(number, sealed);
    size = Math.max(size, number * PAGE_BYTES);
    if (gathered.size >= GATHERED_PAGES_MAX) sendGathered();
  };

  /**
   * With `secure_delete`, SQLite writes every page that it counts, freed ones too, except the one that holds the bytes
   * it locks with elsewhere. So the file grows without gaps, and a gap is a file that somebody cut.
   */
  const growTo = (end: number): void => {
    if (size + PAGE_BYTES === end && end / PAGE_BYTES === LOCK_PAGE) gather(LOCK_PAGE, new Uint8Array(USABLE_BYTES));
    if (size < end) throw damaged();
  };

  const sendGathered = (): void => {
    const pages = [...gathered].sort(([left], [right]) => left - right);
    // Gone from here even if writing fails: SQLite keeps a failed checkpoint's pages in the log and sends all again.
    gathered.clear();
    let first = 0;
    let length = 0;
    for (const [number, sealed] of pages) {
      if (number !== first + length || length === RUN_PAGES_MAX) {
        sendRun(first, length);
        first = number;
        length = 0;
      }
      run.set(sealed, length * PAGE_BYTES);
      spare.push(sealed);
      length += 1;
    }
    sendRun(first, length);
  };

  const sendRun = (first: number, length: number): void => {
    if (length > 0) file.write(run.subarray(0, length * PAGE_BYTES), pageOffset(first));
  };

  return {
    size: () => size,

    read(into, at) {
      // A page that the present transaction has just added; or an empty file. `openDatabase` sees to cut ones.
      if (at >= size) {
        into.fill(0);
        return false;
      }
      if (at === 0 && into.length === SQLITE_HEADER_BYTES) {
        into.set(HEADER_FACTS);
        return true;
      }
      mend();
      const number = Math.floor(at / PAGE_BYTES) + 1;
      const offset = at % PAGE_BYTES;
      if (offset + into.length > PAGE_BYTES) throw new Error('a read across two pages');
      if (into.length === PAGE_BYTES) {
        openPage(number, into.subarray(0, USABLE_BYTES));
        into.fill(0, USABLE_BYTES);
      } else {
        openPage(number, page);
        into.fill(0);
        into.set(page.subarray(offset, offset + into.length));
      }
      return true;
    },

    write(bytes, at) {
      if (bytes.length !== PAGE_BYTES || at % PAGE_BYTES !== 0) throw new Error('a write that is not one page');
      mend();
      growTo(at);
      gather(at / PAGE_BYTES + 1, bytes.subarray(0, USABLE_BYTES));
    },

    truncate(newSize) {
      mend();
      growTo(newSize);
      if (newSize >= size) return;
      for (const number of gathered.keys()) if (number * PAGE_BYTES > newSize) gathered.delete(number);
      file.truncate(PAGES_OFFSET + newSize);
      freshness.cut(newSize / PAGE_BYTES);
      size = newSize;
    },

    sync() {
      sendGathered();
      file.flush();
    },
  };
};

const damaged = (): VolumeFault => new VolumeFault({ tag: 'damaged', part: 'pages' });

/**
 * SQLite looks at the first 100 bytes of page 1 *before* it recovers the log, to learn the page size. A power cut in a
 * checkpoint may have torn page 1, and its whole copy lies in the log, so that look must not fail. What SQLite takes
 * from it is the same for every database of this format: page size, reserved bytes, write and read version 2 (log),
 * incremental vacuum (https://sqlite.org/fileformat2.html#the_database_header). So it is answered with these facts,
 * and page 1 itself is always read, and authenticated, through the pager.
 */
const HEADER_FACTS = ((): Uint8Array<ArrayBuffer> => {
  const header = new Uint8Array(SQLITE_HEADER_BYTES);
  const view = new DataView(header.buffer);
  header.set([...'SQLite format 3\0'].map((character) => character.charCodeAt(0)));
  view.setUint16(16, PAGE_BYTES);
  header.set([2, 2, RESERVED_BYTES, 64, 32, 32], 18);
  view.setUint32(44, 4); // schema format
  view.setUint32(52, 1); // a largest root page: pointer maps are kept
  view.setUint32(56, 1); // UTF-8
  view.setUint32(64, 1); // incremental vacuum
  return header;
})();
