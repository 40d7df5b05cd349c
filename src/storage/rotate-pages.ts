import { err, ok, type Result } from '../domain/result.ts';
import { DatabaseError, type Database, type DatabaseFailure, type RotationProgress } from './database.ts';
import type { Connection } from './sqlite/connection.ts';
import { PAGE_BYTES } from './vfs/layout.ts';
import { VolumeFault } from './vfs/volume-fault.ts';
import type { Volume } from './vfs/volume.ts';

/** The page key's rotation, as the database above SQLite offers it. */
export const createRotation = (
  connection: Connection,
  volume: Volume,
): Pick<Database, 'usePageKey' | 'rotation' | 'rotatePages'> => {
  const rotation = (): RotationProgress | undefined =>
    volume.needsRotation
      ? { movedPages: volume.rotation.movedPages, pageCount: volume.main.size() / PAGE_BYTES }
      : undefined;

  /** Every page at its place: the log is in the pages, and with TRUNCATE no log is in use any more. */
  const moveLog = (mode: 'PASSIVE' | 'TRUNCATE'): void => {
    const done = connection.row<{ busy: number; log: number; checkpointed: number }>(`PRAGMA wal_checkpoint(${mode})`);
    if (done?.busy !== 0 || done.log !== done.checkpointed) throw new Error(`a checkpoint that did not end: ${mode}`);
  };

  return {
    usePageKey: (next) => volume.usePageKey(next),
    rotation,

    async rotatePages(): Promise<Result<RotationProgress | undefined, DatabaseFailure>> {
      if (!volume.needsRotation) return ok(undefined);
      const journal = await volume.openJournal();
      if (!journal.ok) return err(journal.error.tag === 'taken' ? { tag: 'gone' } : journal.error);
      try {
        if (connection.isInTransaction()) throw new Error('a rotation within a transaction');
        const { isUnderWay } = volume.rotation;
        moveLog(isUnderWay ? 'PASSIVE' : 'TRUNCATE');
        if (!isUnderWay) volume.beginRotation();
        if (!volume.rotation.step(volume.main.size() / PAGE_BYTES)) return ok(rotation());
      } catch (thrown) {
        if (thrown instanceof VolumeFault || thrown instanceof DatabaseError) return err(thrown.failure);
        throw thrown;
      }
      await volume.removeJournal();
      return ok(undefined);
    },
  };
};
