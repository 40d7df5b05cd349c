/** Joins an open vault and database to a running account: identity, engine, sync, events. */
import type { VaultId } from '../../domain/ids.ts';
import type { DerivationKey } from '../../crypto/hkdf.ts';
import { importWrappingKey, type WrappingKey } from '../../crypto/wrapped-signing-key.ts';
import { createTsMlsEngine } from '../../mls/ts-mls/ts-mls-engine.ts';
import type { Connection } from '../../rpc/dto.ts';
import type { Result } from '../../domain/result.ts';
import type { Database, DatabaseFailure } from '../../storage/database.ts';
import { startSyncLoop, type SyncLoop } from '../../sync/sync-loop.ts';
import { createTurnQueue, type TurnQueue } from '../../sync/turn-queue.ts';
import { createTurns } from '../../sync/turn.ts';
import type { MlsEngine } from '../../mls/engine.ts';
import type { UnlockedVault } from '../../vault/unlocked-vault.ts';
import { createChanges } from '../changes.ts';
import type { AccountContext } from '../context.ts';
import type { CoreDeps, VaultPlace } from '../deps.ts';
import { createSyncStore } from '../exchange/sync-store.ts';
import { readAhead } from '../reading/read-ahead.ts';
import { readConversationSummary } from '../reading/to-conversation-summary.ts';
import { createNameBook } from '../reading/shown-name.ts';
import { toMessage } from '../reading/to-message.ts';
import { createRepositories, type Repositories } from '../repositories.ts';
import { columnToChain } from './chain-column.ts';
import { loadOwnKey, type KeyName, type OwnKey } from './device-keys.ts';
import { toDeviceSigner, toIdentity, type Identity } from './identity.ts';
import { createKeyRotation, type KeyRotation } from './key-rotation.ts';
import { readMe } from './read-me.ts';
import { createRegistration } from './registration.ts';
import { createRenewal } from './renewal.ts';
import { createTidying, type Tidying } from './tidying.ts';

export interface OpenAccount {
  readonly vaultId: VaultId;
  readonly place: VaultPlace;
  readonly context: AccountContext;
  readonly tidying: Tidying;
  readonly keyRotation: KeyRotation;
  /** Everything that writes the vault's header, one at a time. */
  readonly headerTurns: TurnQueue;
  /**
   * Opens this account in another worker of this browser without its password. Posted to workers, never stored;
   * `undefined` where no other worker could open it.
   */
  readonly resumeKey: () => DerivationKey | undefined;
  connection(): Connection;
  /** Resolves when something was committed and could not be made durable: from then on this account shows what is not. */
  readonly fellBehind: Promise<void>;
  /**
   * Ends sync, closes the database and forgets the keys, but the last `resumeKey`. The lock is still held. Where it
   * rejects, the keys are forgotten all the same, and files may be held until this worker ends.
   */
  end(): Promise<DerivationKey | undefined>;
  readonly releaseLock: () => void;
  /** Ends it and gives the lock back. */
  close(): Promise<void>;
}

export const openAccount = async (
  deps: CoreDeps,
  parts: {
    readonly vault: UnlockedVault;
    /** Of the vault's device key, where it is there already. */
    readonly wrappingKey?: WrappingKey;
    readonly place: VaultPlace;
    readonly db: Database;
    readonly releaseLock: () => void;
  },
): Promise<OpenAccount> => {
  const { vault, releaseLock } = parts;
  const { vaultId } = vault;
  const { db, fellBehind } = watchSettling(parts.db);
  const rows = createRepositories(db);
  const own = rows.ownAccount.read();
  if (own === undefined) throw new Error('an account without its row');
  const wrappingKey = parts.wrappingKey ?? (await importWrappingKey(vault.keys.device));
  const loading = Promise.all([loadKeys(rows, vaultId, wrappingKey), own.chain && columnToChain(own.chain)]);
  tryReadingAhead(rows); // while other threads unwrap and verify
  const [keys, chain] = await loading;

  let identity: Identity | undefined = toIdentity(own, chain, keys);
  let engine: MlsEngine | undefined;
  const loop: { current: SyncLoop | undefined } = { current: undefined };

  const connection = (): Connection => {
    const { connection: state, problem } = loop.current?.state() ?? { connection: 'connecting', problem: undefined };
    return { state, waitingCount: rows.outbox.waitingMessageCount(), ...(problem && { problem }) };
  };
  const tellConnection = (): void => deps.emit({ type: 'connection', connection: connection() });
  const changes = createChanges(
    {
      message: (arrival) => {
        const stored = rows.messages.byArrival(arrival);
        return stored && toMessage(createNameBook(rows), stored);
      },
      conversation: (conversationId) => readConversationSummary(rows, conversationId),
      me: () => readMe({ rows }),
    },
    deps.emit,
    tellConnection,
  );

  const queue = createTurnQueue();
  const context: AccountContext = {
    deps,
    vaultId,
    db,
    rows,
    keys,
    identity: () => identity,
    becomeIdentity(made) {
      identity = made;
      // It signs as somebody else from now on.
      engine = undefined;
    },
    engine() {
      if (identity === undefined) throw new Error('no engine before there is an identity');
      engine ??= createTsMlsEngine({ random: deps.random, signer: toDeviceSigner(identity) });
      return engine;
    },
    changes,
    queue,
    get turns() {
      return turns;
    },
    poke: () => loop.current?.poke(),
  };
  const registration = createRegistration(context, keys.recovery);
  const headerTurns = createTurnQueue();
  const keyRotation = createKeyRotation({ context, place: parts.place, headerTurns }, vault);
  const tidying = createTidying(db, deps.setTimer, parts.place.spare?.lift);
  tidying.noteDeleted(); // whoever deleted something and locked at once left it to this start
  const renewal = createRenewal(context, () => importWrappingKey(keyRotation.vault.keys.device));
  const turns = createTurns({ ...deps, store: createSyncStore(context), registration, renewal });
  loop.current = startSyncLoop({ ...deps, turns, queue, onState: tellConnection });

  // What lives in the memory of this worker cannot be opened by another one.
  const resumeKey = (): DerivationKey | undefined =>
    parts.place.kind === 'memory' ? undefined : keyRotation.vault.resumeKey;
  const end = async (): Promise<DerivationKey | undefined> => {
    tidying.stop();
    try {
      await Promise.all([keyRotation.stop(), loop.current?.stop()]);
      const last = resumeKey();
      db.close();
      // Whoever opens it next must find everything.
      await db.settle();
      return last;
    } finally {
      keyRotation.vault.purge();
    }
  };

  return {
    vaultId,
    place: parts.place,
    context,
    tidying,
    keyRotation,
    headerTurns,
    resumeKey,
    connection,
    fellBehind,
    end,
    releaseLock,
    async close() {
      await end().finally(releaseLock);
    },
  };
};

const watchSettling = (db: Database): { readonly db: Database; readonly fellBehind: Promise<void> } => {
  let tell = (): void => undefined;
  const fellBehind = new Promise<void>((resolve) => (tell = resolve));
  const settle = async (): ReturnType<Database['settle']> => {
    const settled = await db.settle();
    if (!settled.ok) tell();
    return settled;
  };
  /** What failed before anybody settled (while the database was being opened, too) shows in the next transaction. */
  const transaction = <T>(work: () => T): Result<T, DatabaseFailure> => {
    const kept = db.transaction(work);
    // Handles that died (site data was cleared, a machine slept) do not come back.
    if (!kept.ok && kept.error.tag === 'gone') tell();
    else if (!kept.ok) void settle();
    return kept;
  };
  return { db: { ...db, settle, transaction }, fellBehind };
};

/** What cannot be read is told to whoever asks for it. */
const tryReadingAhead = (rows: Repositories): void => {
  try {
    readAhead(rows);
  } catch {
    return;
  }
};

const loadKeys = async (
  rows: Repositories,
  vaultId: VaultId,
  wrappingKey: WrappingKey,
): Promise<Readonly<Record<KeyName, OwnKey>>> => {
  const load = async (name: KeyName): Promise<OwnKey> => {
    const row = rows.deviceKeys.read(name);
    const key = row && (await loadOwnKey({ wrappingKey, vaultId }, name, row));
    if (key === undefined) throw new Error(`the ${name} key does not unwrap`);
    return key;
  };
  const [signature, mailbox, recovery] = await Promise.all([load('signature'), load('mailbox'), load('recovery')]);
  return { signature, mailbox, recovery };
};
