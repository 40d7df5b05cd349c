import type { StorageInfo } from '../../rpc/dto.ts';
import { databaseBytes, freedBytes } from '../../storage/repositories/database-bytes.ts';
import type { ReadingDeps } from './reading-deps.ts';

/** How much rests on this device, and how safely. */
export const readStorageInfo = async ({
  db,
  rows,
  storageKind,
  storageRoom,
  spare,
}: Pick<ReadingDeps, 'db' | 'rows' | 'storageKind' | 'storageRoom' | 'spare'>): Promise<StorageInfo> => ({
  databaseBytes: databaseBytes(db),
  freedBytes: freedBytes(db),
  spareBytes: spare?.bytes() ?? 0,
  roomBytes: await storageRoom.freeBytes(),
  messageCount: rows.messages.count(),
  layer: storageKind,
  isPersisted: await storageRoom.isPersisted(),
});
