/**
 * Every label that separates one use of a key or hash from another (docs/protocol/labels.md). A label is added, never
 * renamed and never used for a second purpose: a seal, signature or hash made for one place must mean nothing in any
 * other. The groups are types, so a signature cannot be asked for with the label of a hash.
 */
import { encodeCbor, type CborValue } from '../wire/cbor.ts';
import { concatBytes, utf8, type Bytes } from './bytes.ts';

/** HKDF-SHA-384 info. */
export const KDF_LABELS = {
  slotPassword: 'sotto/1/slot-pw',
  slotPrf: 'sotto/1/slot-prf',
  slotPhrase: 'sotto/1/slot-phrase',
  wrapHeader: 'sotto/1/wrap/header',
  wrapPage: 'sotto/1/wrap/page',
  wrapAttachment: 'sotto/1/wrap/attachment',
  wrapBackup: 'sotto/1/wrap/backup',
  wrapDevice: 'sotto/1/wrap/device',
  recoveryKey: 'sotto/1/recovery-key',
  phraseSlot: 'sotto/1/phrase-slot',
  phraseBackup: 'sotto/1/phrase-backup',
} as const;
export type KdfLabel = (typeof KDF_LABELS)[keyof typeof KDF_LABELS];

/** MLS exporter labels (RFC 9420 §8.5); `ephemeral` also derives each leaf's key from the exported secret. */
export const EXPORTER_LABELS = {
  deposit: 'sotto/1/deposit',
  hint: 'sotto/1/hint',
  ephemeral: 'sotto/1/ephemeral',
} as const;
export type ExporterLabel = (typeof EXPORTER_LABELS)[keyof typeof EXPORTER_LABELS];

/** HPKE info, or AEAD associated data. */
export const SEAL_LABELS = {
  sealRoot: 'sotto/1/seal-root',
  page: 'sotto/1/page',
  wal: 'sotto/1/wal',
  fresh: 'sotto/1/fresh',
  superblock: 'sotto/1/superblock',
  headerRow: 'sotto/1/header-row',
  fileChunk: 'sotto/1/file-chunk',
  backupSeries: 'sotto/1/backup-series',
  backupChunk: 'sotto/1/backup-chunk',
  treeBlob: 'sotto/1/tree-blob',
  historyTransfer: 'sotto/1/history-transfer',
  deviceSecret: 'sotto/1/device-secret',
} as const;
export type SealLabel = (typeof SEAL_LABELS)[keyof typeof SEAL_LABELS];

/** Signed with the content as {label<V>, content<V>} (ecdsa-p384.ts). */
export const SIGNATURE_LABELS = {
  header: 'sotto/1/header',
  account0: 'sotto/1/account-0',
  accountEntry: 'sotto/1/account-entry',
  accountAdd: 'sotto/1/account-add',
  accountRecovery: 'sotto/1/account-recovery',
  handle: 'sotto/1/handle',
  login: 'sotto/1/login',
  rejoin: 'sotto/1/rejoin',
  leave: 'sotto/1/leave',
  keyPackageList: 'sotto/1/key-package-list',
  invite: 'sotto/1/invite',
  commitRow: 'sotto/1/commit-row',
} as const;
export type SignatureLabel = (typeof SIGNATURE_LABELS)[keyof typeof SIGNATURE_LABELS];

/** SHA-256(label | 0x00 | bytes) (hash.ts). */
export const HASH_LABELS = {
  accountId: 'sotto/1/account-id',
  entryHash: 'sotto/1/entry-hash',
  mailbox: 'sotto/1/mailbox',
  relay: 'sotto/1/relay',
  conversation1to1: 'sotto/1/conv-1to1',
  safety: 'sotto/1/safety',
  logLeaf: 'sotto/1/log-leaf',
} as const;
export type HashLabel = (typeof HASH_LABELS)[keyof typeof HASH_LABELS];

/**
 * label | 0x00 | CBOR(context): unambiguous, because no label contains a zero byte and CBOR ends by itself. `context` is
 * a list in the order that docs/protocol/labels.md gives; empty where that page says "-".
 */
export const labelInfo = (label: KdfLabel | ExporterLabel | SealLabel, context: readonly CborValue[] = []): Bytes =>
  concatBytes(utf8(label), Uint8Array.of(0), encodeCbor(context));
