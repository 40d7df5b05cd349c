import type { SqlConnection } from '../database.ts';
import { fromColumn, toColumn, type Blob } from './columns.ts';

/** The device checkpoint against rolled-back and cloned stores (docs/protocol/sync.md, "Device checkpoint"). */
export interface Checkpoint {
  readonly confirmed: Uint8Array | undefined;
  readonly pending: Uint8Array | undefined;
}

export interface CheckpointRepository {
  read(): Checkpoint;
  /** Sets `pending` in the transaction that seals, before anything leaves. */
  begin(pending: Uint8Array): void;
  /** confirmed := pending; the value confirmed before joins the ring. */
  confirm(): void;
  /** Sets what the relay holds, after a restored relay or a burnt leaf. */
  reset(confirmed: Uint8Array | undefined): void;
  /** True for a value that was confirmed once, among the last 4,096. */
  isInRing(value: Uint8Array): boolean;
}

const RING_LENGTH = 4_096;

export const createCheckpointRepository = (db: SqlConnection): CheckpointRepository => {
  const read = (): Checkpoint => {
    const row = db.row<{ confirmed: Blob | null; pending: Blob | null }>('SELECT confirmed, pending FROM checkpoint');
    return { confirmed: fromColumn(row?.confirmed ?? null), pending: fromColumn(row?.pending ?? null) };
  };
  const write = ({ confirmed, pending }: Checkpoint): void =>
    void db.run('INSERT OR REPLACE INTO checkpoint (one, confirmed, pending) VALUES (1, ?, ?)', [
      toColumn(confirmed),
      toColumn(pending),
    ]);
  const addToRing = (value: Uint8Array): void => {
    db.run('INSERT INTO checkpoint_ring (number, value) SELECT coalesce(max(number), 0) + 1, ? FROM checkpoint_ring', [
      value,
    ]);
    db.run('DELETE FROM checkpoint_ring WHERE number <= (SELECT max(number) FROM checkpoint_ring) - ?', [RING_LENGTH]);
  };

  return {
    read,
    begin: (pending) => write({ confirmed: read().confirmed, pending }),
    confirm() {
      const { confirmed, pending } = read();
      if (pending === undefined) return;
      if (confirmed !== undefined) addToRing(confirmed);
      write({ confirmed: pending, pending: undefined });
    },
    reset: (confirmed) => write({ confirmed, pending: undefined }),
    isInRing: (value) => db.row('SELECT 1 FROM checkpoint_ring WHERE value = ?', [value]) !== undefined,
  };
};
