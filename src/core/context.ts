import type { VaultId } from '../domain/ids.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { MlsEngine } from '../mls/engine.ts';
import type { Database } from '../storage/database.ts';
import type { TurnQueue } from '../sync/turn-queue.ts';
import type { Turns } from '../sync/turn.ts';
import type { OwnKey } from './account/device-keys.ts';
import type { Identity } from './account/identity.ts';
import type { Changes } from './changes.ts';
import type { CoreDeps } from './deps.ts';
import type { Repositories } from './repositories.ts';

/** An open account, as use cases see it. */
export interface AccountContext {
  readonly deps: CoreDeps;
  readonly vaultId: VaultId;
  readonly db: Database;
  readonly rows: Repositories;
  readonly keys: { readonly signature: OwnKey; readonly mailbox: OwnKey };
  /** Undefined until a relay was reached once. */
  readonly identity: () => Identity | undefined;
  becomeIdentity(identity: Identity): void;
  /** @throws before there is an identity */
  engine(): MlsEngine;
  readonly changes: Changes;
  /** Everything that moves a ratchet, one at a time. */
  readonly queue: TurnQueue;
  readonly turns: Turns;
  /** Something wants to go out. */
  poke(): void;
}

export type NotStored = { readonly tag: 'storage-full' | 'storage-lost' };

/**
 * One durable change: all of `work` in one transaction, settled, and only then told to the windows. Nothing was changed
 * where it fails.
 */
export const commitChange = async <T>(
  { db, changes }: Pick<AccountContext, 'db' | 'changes'>,
  work: () => T,
): Promise<Result<T, NotStored>> => {
  const done = db.transaction(work);
  const settled = done.ok ? await db.settle() : done;
  if (done.ok && settled.ok) {
    changes.tell();
    return ok(done.value);
  }
  changes.forget();
  return err({ tag: !settled.ok && settled.error.tag === 'full' ? 'storage-full' : 'storage-lost' });
};
