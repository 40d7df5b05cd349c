import type { StorageKind } from '../../rpc/dto.ts';
import type { Database } from '../../storage/database.ts';
import type { SpareRoom } from '../../storage/spare-room.ts';
import type { Changes } from '../changes.ts';
import type { CoreDeps } from '../deps.ts';
import type { Repositories } from '../repositories.ts';

/** What rows are turned into DTOs with: names and conversations stand in other tables than messages. */
export type ProjectionRows = Pick<Repositories, 'ownAccount' | 'contacts' | 'conversations'>;

export type ReadingRows = ProjectionRows &
  Pick<Repositories, 'messages' | 'outbox' | 'search' | 'settings' | 'timeline'>;

/**
 * What showing an account and arranging what it shows takes from the rest of core. There is no network here: all of it
 * works without a relay. Reads throw `DatabaseError` where the database fails, which no page can do anything about.
 */
export interface ReadingDeps extends Pick<CoreDeps, 'clock' | 'storageRoom'> {
  readonly storageKind: StorageKind;
  readonly spare?: SpareRoom | undefined;
  readonly db: Database;
  readonly rows: ReadingRows;
  readonly changes: Changes;
}
