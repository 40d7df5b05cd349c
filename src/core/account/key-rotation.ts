/**
 * Renewing the encryption key (docs/protocol/vault-header.md, "Renewing the page key"). The header has both keys before a
 * page is sealed under the new one, and forgets the one before when no page needs it. The pages are moved a few at a time,
 * between whatever else goes on; whoever opens the account next goes on where it stopped.
 */
import { err, ok, type Result } from '../../domain/result.ts';
import type { KeyRenewal } from '../../rpc/dto.ts';
import type { RenewKeyError } from '../../rpc/core-api.ts';
import type { DatabaseFailure } from '../../storage/database.ts';
import type { TurnQueue } from '../../sync/turn-queue.ts';
import { beginPageKeyRotation, finishPageKeyRotation } from '../../vault/rotate-page-key.ts';
import type { UnlockedVault } from '../../vault/unlocked-vault.ts';
import { commitChange, type AccountContext } from '../context.ts';
import type { VaultPlace } from '../deps.ts';
import { KEY_RENEWED, readSetting, writeSetting } from '../settings.ts';
import { HeaderNotStored, toVaultHeaderStore } from './header-store.ts';
import { kdfIterations } from './kdf-iterations.ts';

export interface KeyRotation {
  /** As the keys stand now: another one after each renewal. */
  readonly vault: UnlockedVault;
  state(): KeyRenewal;
  /** Resolves once the new key is ordered and durable; the pages follow. Asked again while they do, it is done. */
  begin(password: string): Promise<Result<KeyRenewal, RenewKeyError>>;
  /** The header was written anew for something else. Within its turn. */
  noteHeader(header: Pick<UnlockedVault, 'finished'>): void;
  /** Resolves when nothing is written any more, neither pages nor header. */
  stop(): Promise<void>;
}

/** After an account was opened: what somebody waits for comes first. */
const FIRST_MS = 1_000;
/** Between two steps, each some ten milliseconds and a few flushes. */
const NEXT_MS = 50;
/** There may be room again by then. */
const AGAIN_MS = 60_000;

type KeyRotationDeps = {
  readonly context: Pick<AccountContext, 'deps' | 'db' | 'rows' | 'changes'>;
  readonly place: VaultPlace;
  /** Everything that writes the header, one at a time: one written from an older one would lose a key. */
  readonly headerTurns: TurnQueue;
};

export const createKeyRotation = (
  { context, place, headerTurns }: KeyRotationDeps,
  opened: UnlockedVault,
): KeyRotation => {
  const { deps, db, rows } = context;
  const headerStore = toVaultHeaderStore(place.headerStore);
  let vault = opened;
  let { finished } = opened;
  let orderedAtMs = readSetting(rows.settings, KEY_RENEWED)?.orderedAtMs;
  let problem: KeyRenewal['problem'];
  let isStopped = false;
  let cancel: (() => void) | undefined;
  let running: Promise<void> | undefined;

  const state = (): KeyRenewal => {
    const rotation = db.rotation();
    return {
      movedShare: rotation && rotation.movedPages / rotation.pageCount,
      problem: rotation && problem,
      orderedAtMs,
    };
  };
  const tell = (): void => deps.emit({ type: 'key-renewal', renewal: state() });

  const schedule = (delayMs: number): void => {
    if (isStopped) return;
    cancel ??= deps.setTimer(() => {
      cancel = undefined;
      running = step();
    }, delayMs);
  };

  const step = async (): Promise<void> => {
    if (db.rotation() === undefined) return finish();
    // The other copy is an older header: should it be the one that is left, it must open every page.
    if (vault.headerCopies === 'one-left') {
      problem = 'storage-full';
      return tell();
    }
    const moved = await db.rotatePages();
    problem = moved.ok ? undefined : toProblem(moved.error);
    tell();
    if (problem !== 'storage-damaged') schedule(moved.ok ? NEXT_MS : AGAIN_MS);
  };

  const finish = (): Promise<void> =>
    headerTurns.run(async () => {
      // Where it is not there, or cannot be written, the next opening does it.
      const header = finished;
      if (header === undefined || db.rotation() !== undefined || !(await db.settle()).ok) return;
      finished = undefined;
      const written = await unlessNoRoom(() => finishPageKeyRotation(headerStore, header));
      if (written?.ok) await noteSequence(written.value.headerSequence);
    });

  const begin: KeyRotation['begin'] = (password) =>
    headerTurns.run(async () => {
      if (db.rotation() !== undefined) return ok(state());
      // The header is changed in place: that its sequence can be noted must not depend on room.
      const endLift = place.spare?.lift();
      try {
        return await order(password);
      } finally {
        endLift?.();
      }
    });

  const order = async (password: string): Promise<Result<KeyRenewal, RenewKeyError>> => {
    // What the header forgets now must not be needed after a loss of power either.
    const settled = await db.settle();
    if (!settled.ok) return err({ tag: settled.error.tag === 'full' ? 'storage-full' : 'storage-lost' });
    const vaultDeps = { ...deps, headerStore, kdfIterations: await kdfIterations(deps) };
    const minimumSequence = rows.counters.vaultHeaderSequence();
    const begun = await unlessNoRoom(() =>
      beginPageKeyRotation(vaultDeps, { password, minimumSequence, isPreviousNeeded: db.rotation() !== undefined }),
    );
    if (begun === undefined) return err({ tag: 'storage-full' });
    if (!begun.ok) {
      if (begun.error.tag === 'wrong-password') return err({ tag: 'wrong-password' });
      if (begun.error.tag === 'newer-format') return err({ tag: 'newer-version' });
      throw new Error(`the header of an open vault does not open: ${begun.error.tag}`);
    }
    const before = vault;
    vault = begun.value;
    ({ finished } = vault);
    problem = undefined;
    db.usePageKey({ keyEpoch: vault.keyEpoch, pageKey: vault.keys.page });
    before.purge();
    const nowMs = deps.clock();
    orderedAtMs = nowMs;
    await noteSequence(vault.headerSequence, () => writeSetting(rows.settings, KEY_RENEWED, { orderedAtMs: nowMs }));
    schedule(0);
    tell();
    return ok(state());
  };

  /** Where it cannot be noted, the next opening does. */
  const noteSequence = async (sequence: number, andAlso?: () => void): Promise<void> => {
    await commitChange(context, () => {
      rows.counters.saveVaultHeaderSequence(sequence);
      andAlso?.();
    });
  };

  if (db.rotation() !== undefined || finished !== undefined) schedule(FIRST_MS);
  return {
    get vault() {
      return vault;
    },
    state,
    begin,
    noteHeader: (header) => ({ finished } = header),
    async stop() {
      isStopped = true;
      cancel?.();
      await running?.catch(() => undefined); // reported already: nobody else waits for it
      await headerTurns.run(async () => undefined);
    },
  };
};

/** `undefined` where there was no room for the header: it is as it was. */
const unlessNoRoom = async <T>(write: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await write();
  } catch (error) {
    if (error instanceof HeaderNotStored) return undefined;
    throw error;
  }
};

const toProblem = ({ tag }: DatabaseFailure): KeyRenewal['problem'] => {
  switch (tag) {
    case 'full':
      return 'storage-full';
    case 'damaged':
      return 'storage-damaged';
    default:
      return 'storage-lost';
  }
};
