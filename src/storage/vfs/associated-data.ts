import { labelInfo, SEAL_LABELS, type SealLabel } from '../../crypto/labels.ts';
import { hexToBytes, type DatabaseId } from '../../domain/ids.ts';
import { FILE_KIND, RECORD_FORMAT, type FileKind } from './layout.ts';

const LABELS: Readonly<Record<FileKind, SealLabel>> = {
  [FILE_KIND.superblock]: SEAL_LABELS.superblock,
  [FILE_KIND.page]: SEAL_LABELS.page,
  [FILE_KIND.logHeader]: SEAL_LABELS.wal,
  [FILE_KIND.logFrame]: SEAL_LABELS.wal,
  [FILE_KIND.freshness]: SEAL_LABELS.fresh,
};

/** Answers the same bytes, changed in place, at each call: they are used at once and not kept. */
export type AssociatedDataFor = (number: number) => Uint8Array<ArrayBuffer>;

/**
 * Associated data of every sealed record of a database: the info of docs/protocol/labels.md with the context (database,
 * kind, number, key epoch, record format). A record put in another place, file, database, epoch or format does not open.
 *
 * All but the number stays the same for thousands of pages, so only the number is encoded each time.
 */
export const createAssociatedData = (database: DatabaseId, keyEpoch: number, kind: FileKind): AssociatedDataFor => {
  const infoWith = (number: number): Uint8Array =>
    labelInfo(LABELS[kind], [hexToBytes(database), kind, number, keyEpoch, RECORD_FORMAT]);
  const sample = infoWith(0);
  // label | 0x00 | list of 5 | 16 bytes with their head | kind below 24
  const numberAt = LABELS[kind].length + 1 + 1 + 17 + 1;
  const after = sample.subarray(numberAt + 1);
  const bytes = new Uint8Array(sample.length + CBOR_UINT_BYTES_MAX - 1);
  const view = new DataView(bytes.buffer);
  bytes.set(sample);
  return (number) => {
    const end = numberAt + writeCborUint(view, numberAt, number);
    bytes.set(after, end);
    return bytes.subarray(0, end + after.length);
  };
};

const CBOR_UINT_BYTES_MAX = 9;

/** RFC 8949 §3.1, shortest form. Answers the number of bytes written. */
const writeCborUint = (view: DataView, at: number, number: number): number => {
  if (number < 24) {
    view.setUint8(at, number);
    return 1;
  }
  if (number < 2 ** 8) {
    view.setUint8(at, 0x18);
    view.setUint8(at + 1, number);
    return 2;
  }
  if (number < 2 ** 16) {
    view.setUint8(at, 0x19);
    view.setUint16(at + 1, number);
    return 3;
  }
  if (number < 2 ** 32) {
    view.setUint8(at, 0x1a);
    view.setUint32(at + 1, number);
    return 5;
  }
  view.setUint8(at, 0x1b);
  view.setBigUint64(at + 1, BigInt(number));
  return CBOR_UINT_BYTES_MAX;
};
