import { KEY_BYTES, purge, toKey, type WalKey } from '../../crypto/keys.ts';
import { PAGE_OVERHEAD_BYTES, type PageCipher } from '../../crypto/page-cipher.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import type { CountedFile } from './counted-file.ts';
import {
  BATCH_FIRST_BYTES,
  FILE_KIND,
  FRAME_BYTES,
  FRAME_HEADER_BYTES,
  FRAME_SLOT_BYTES,
  FRAME_SLOT_PLAIN_BYTES,
  LOG_GENERATION_OFFSET,
  LOG_HEADER_BYTES,
  LOG_HEADER_SLOT_BYTES,
  frameSlotOffset,
} from './layout.ts';
import { createLogBatch } from './log-batch.ts';
import type { EpochSeal } from './page-keyring.ts';
import type { FreshnessState } from './superblock-codec.ts';
import type { SuperblockStore } from './superblock-store.ts';
import type { VolumeFile } from './volume-file.ts';
import { VolumeFault } from './volume-fault.ts';

export interface LogFileDeps {
  readonly file: CountedFile;
  readonly superblocks: SuperblockStore;
  /** A cipher of the pages' suite. */
  readonly createCipher: (key: WalKey) => PageCipher;
  readonly random: RandomBytes;
  /** Of the newest key epoch. A rotation of keys begins when no log is in use. */
  readonly dataFor: EpochSeal['dataFor'];
  /** Of the pages as they are now: with the end of a generation, the pages that came from it begin to count. */
  readonly saveFreshness: () => FreshnessState;
}

export interface LogFile extends VolumeFile {
  /** Forgets the generation: its key leaves both superblock copies, its slots are noise from here on. */
  erase(): void;
  destroy(): void;
}

/** Number in the header's associated data. Its key, which no other generation has, binds it to everything else. */
const HEADER_NUMBER = 0;

/**
 * SQLite's write-ahead log, sealed frame by frame together with the frames' headers (their checksums are computed over
 * plaintext). What one transaction writes is gathered and sent as one write at the sync, then flushed once.
 *
 * A header written by SQLite begins a generation with a random key of its own (docs/protocol/database-file.md, "The
 * log"). SQLite does so only when every frame of the generation before is in the pages and flushed, so the order is:
 * freshness table, flush | superblock {g+1, opening, that table}, flush | header and frames, flush | superblock {g+1, live}, flush.
 *
 * @throws VolumeFault if acknowledged transactions were in the log and its header does not open
 */
export const createLogFile = (deps: LogFileDeps): LogFile => {
  const { file, superblocks, createCipher, random, dataFor, saveFreshness } = deps;
  const batch = createLogBatch(file);
  const header = new Uint8Array(LOG_HEADER_BYTES);
  const plain = new Uint8Array(FRAME_SLOT_PLAIN_BYTES);
  const plainView = new DataView(plain.buffer);
  const frame = plain.subarray(BATCH_FIRST_BYTES);
  const record = new Uint8Array(FRAME_SLOT_BYTES);
  /** The header of a frame whose page has not been written yet: SQLite writes the two one after the other. */
  const frameHeader = new Uint8Array(FRAME_HEADER_BYTES);
  let frameHeaderSlot: number | undefined;
  /** Of the batch being gathered: every slot before it is durable, which each of its frames says. */
  let firstSlotOfBatch: number | undefined;
  let cipher: PageCipher | undefined;

  openGeneration();

  return {
    size() {
      if (cipher === undefined) return 0;
      const end = Math.max(file.size(), batch.end());
      if (end < LOG_HEADER_SLOT_BYTES) return 0;
      return LOG_HEADER_BYTES + slotsBefore(end) * FRAME_BYTES;
    },

    read(into, at) {
      writeFrameHeader();
      if (at < LOG_HEADER_BYTES) {
        into.set(header.subarray(at, at + into.length));
        return true;
      }
      const { slot, offset } = placeOf(at);
      // Whole frames are read by recovery, which goes through all of them in order.
      const isRecovery = into.length === FRAME_BYTES;
      if (openSlot(slot, plain, isRecovery)) {
        into.set(frame.subarray(offset, offset + into.length));
        return true;
      }
      // Recovery ends at the first frame that is not valid; anybody else reads a page that must be there.
      if (!isRecovery || isFollowedByLaterBatch(slot)) throw damagedLog();
      into.fill(0);
      return true;
    },

    write(bytes, at) {
      if (at === 0 && bytes.length === LOG_HEADER_BYTES) {
        beginGeneration(bytes);
        return;
      }
      const { slot, offset } = placeOf(at);
      if (offset === 0 && bytes.length === FRAME_HEADER_BYTES) {
        writeFrameHeader();
        frameHeader.set(bytes);
        frameHeaderSlot = slot;
        return;
      }
      if (offset !== FRAME_HEADER_BYTES || frameHeaderSlot !== slot) {
        // A page that is written again within its transaction: its header stays, or is still to come.
        writeFrameHeader();
        if (!openSlot(slot, plain)) throw damagedLog();
      } else {
        frame.set(frameHeader);
        frameHeaderSlot = undefined;
      }
      frame.set(bytes, offset);
      sealSlot(slot);
    },

    truncate(size) {
      writeFrameHeader();
      batch.send();
      batch.drop();
      // SQLite empties the log when every frame is in the pages: then the generation is over.
      if (size === 0) erase();
      file.truncate(size === 0 ? 0 : frameSlotOffset(Math.ceil((size - LOG_HEADER_BYTES) / FRAME_BYTES)));
    },

    sync() {
      writeFrameHeader();
      batch.send();
      file.flush();
      firstSlotOfBatch = undefined;
      const { log } = superblocks.current;
      if (log.tag === 'opening') superblocks.advance({ log: { ...log, tag: 'live' } });
    },

    erase,
    destroy: forgetCipher,
  };

  function erase(): void {
    const { log } = superblocks.current;
    if (log.tag !== 'none') {
      const none = { tag: 'none', generation: log.generation } as const;
      superblocks.advance({ log: none, freshness: saveFreshness() });
      superblocks.advance({ log: none });
    }
    forgetCipher();
    batch.drop();
  }

  function openGeneration(): void {
    const { log } = superblocks.current;
    // A log is begun only after a superblock spoke of it: this superblock is an old one, put back.
    if (generationInFile() > log.generation) throw new VolumeFault({ tag: 'damaged', part: 'superblock' });
    if (log.tag === 'none') return;
    const sealed = new Uint8Array(LOG_HEADER_BYTES + PAGE_OVERHEAD_BYTES);
    cipher = createCipher(log.key);
    const isWhole =
      file.read(sealed, 0) === sealed.length &&
      cipher.open(sealed, dataFor(FILE_KIND.logHeader)(HEADER_NUMBER), header);
    if (isWhole) return;
    forgetCipher();
    if (log.tag === 'live') throw damagedLog();
  }

  /** In clear, and believed only against a superblock; 0 where there is none. */
  function generationInFile(): number {
    const slot = new Uint8Array(LOG_HEADER_SLOT_BYTES);
    file.read(slot, 0);
    return Number(new DataView(slot.buffer).getBigUint64(LOG_GENERATION_OFFSET));
  }

  function beginGeneration(bytes: Uint8Array): void {
    const key = toKey<WalKey>(random(KEY_BYTES));
    batch.drop();
    frameHeaderSlot = undefined;
    firstSlotOfBatch = undefined;
    const freshness = saveFreshness();
    const { generation } = superblocks.current.log;
    superblocks.advance({ log: { tag: 'opening', generation: generation + 1, key }, freshness });
    forgetCipher();
    cipher = createCipher(key);
    header.set(bytes);
    const place = batch.room(0, LOG_HEADER_SLOT_BYTES).fill(0);
    new DataView(place.buffer, place.byteOffset).setBigUint64(LOG_GENERATION_OFFSET, BigInt(generation + 1));
    cipher.seal(
      header,
      dataFor(FILE_KIND.logHeader)(HEADER_NUMBER),
      place.subarray(0, LOG_HEADER_BYTES + PAGE_OVERHEAD_BYTES),
    );
  }

  function openSlot(slot: number, into: Uint8Array, isInOrder = false): boolean {
    if (cipher === undefined) return false;
    const at = frameSlotOffset(slot);
    const isThere = isInOrder ? batch.readAhead(record, at) : batch.read(record, at);
    return isThere && cipher.open(record, dataFor(FILE_KIND.logFrame)(slot), into);
  }

  /** Seals `plain`, whose frame is in place. */
  function sealSlot(slot: number): void {
    if (cipher === undefined) throw new Error('a frame without a log header');
    firstSlotOfBatch ??= slot;
    plainView.setUint32(0, firstSlotOfBatch);
    cipher.seal(plain, dataFor(FILE_KIND.logFrame)(slot), batch.room(frameSlotOffset(slot), FRAME_SLOT_BYTES));
  }

  /** A frame header that no page followed replaces the one of a frame that is already there. */
  function writeFrameHeader(): void {
    if (frameHeaderSlot === undefined) return;
    const slot = frameHeaderSlot;
    frameHeaderSlot = undefined;
    if (!openSlot(slot, plain)) throw damagedLog();
    frame.set(frameHeader);
    sealSlot(slot);
  }

  /**
   * True if a frame of a batch that began *after* `slot` is in the log: it was written when `slot` was durable, so the
   * hole at `slot` is no torn end but damage in the middle.
   */
  function isFollowedByLaterBatch(slot: number): boolean {
    const later = new Uint8Array(FRAME_SLOT_PLAIN_BYTES);
    const slots = slotsBefore(file.size());
    for (let next = slot + 1; next < slots; next += 1) {
      if (openSlot(next, later, true) && new DataView(later.buffer).getUint32(0) > slot) return true;
    }
    return false;
  }

  function forgetCipher(): void {
    cipher?.destroy();
    cipher = undefined;
    purge(plain, header);
  }
};

const damagedLog = (): VolumeFault => new VolumeFault({ tag: 'damaged', part: 'log' });

const slotsBefore = (end: number): number => Math.floor((end - LOG_HEADER_SLOT_BYTES) / FRAME_SLOT_BYTES);

const placeOf = (at: number): { slot: number; offset: number } => ({
  slot: Math.floor((at - LOG_HEADER_BYTES) / FRAME_BYTES),
  offset: (at - LOG_HEADER_BYTES) % FRAME_BYTES,
});
