/** A whole client in Node: the real vault, database, MLS engine and sync, against a real relay. */
import { randomFillSync } from 'node:crypto';
import type { AccountId, ConversationId, VaultId } from '../../domain/ids.ts';
import type { Clock, RandomBytes } from '../../domain/ports.ts';
import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import { PBKDF2_MIN_ITERATIONS } from '../../crypto/pbkdf2.ts';
import type { CoreApi, CoreEvent } from '../../rpc/core-api.ts';
import type { Message } from '../../rpc/dto.ts';
import { loadSqliteEngine, type SqliteEngine } from '../../storage/sqlite/engine.ts';
import type { RelayPort } from '../../sync/transport.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import type { Core } from '../core.ts';
import type { VaultStorage } from '../deps.ts';
import { createCore } from '../create-core.ts';
import { createMemoryVaults, silentStorageRoom, type MemoryVaults } from './memory-vaults.ts';

export type TestClientOptions = {
  readonly relay: RelayPort;
  readonly name: string;
  readonly handle?: string;
  readonly clock?: Clock;
  readonly random?: RandomBytes | undefined;
  /** An account that is there already. */
  readonly vaults?: MemoryVaults;
  /** Storage of another temper over the same vaults. */
  readonly wrapStorage?: (storage: VaultStorage) => VaultStorage;
  /** Before each change of this client's files, and before each flush. */
  readonly onFileChange?: (operation: 'write' | 'flush') => void;
};

export interface TestClient {
  readonly name: string;
  readonly api: CoreApi;
  readonly vaults: MemoryVaults;
  readonly events: readonly CoreEvent[];
  vaultId(): VaultId;
  accountId(): Promise<AccountId>;
  /** A window came to the front: sync runs. */
  look(): void;
  /** A look, and resolves when its turn is over. */
  turn(): Promise<void>;
  goOffline(): void;
  goOnline(): void;
  /** The process dies between any two of its steps; `reopen` is the only way on. */
  crash(): void;
  isDead(): boolean;
  reopen(password?: string): Promise<void>;
  close(): Promise<void>;
  conversationWith(peer: TestClient): Promise<ConversationId>;
  messages(conversationId: ConversationId): Promise<readonly Message[]>;
  texts(conversationId: ConversationId): Promise<readonly string[]>;
}

export const PASSWORD = 'correct horse battery';
/** Retries come quickly; what waits longer than this comes only by a look or a wake. */
const LONGEST_WAIT_MS = 29_000;

let sqlite: Promise<SqliteEngine> | undefined;

export const createTestClient = async (options: TestClientOptions): Promise<TestClient> => {
  const vaults = options.vaults ?? createMemoryVaults(new Map(), options.onFileChange);
  const random: RandomBytes = options.random ?? ((length) => randomFillSync(new Uint8Array(length)));
  const events: CoreEvent[] = [];
  const listeners = new Set<(signal: 'online' | 'offline' | 'visible') => void>();
  let isOnline = true;
  /** A crashed client's timers, sockets and answers reach nobody. */
  let life = { isOver: false };
  let core = start();
  let vaultId: VaultId | undefined;

  function start(): Core {
    const own = { isOver: false };
    life = own;
    return createCore({
      clock: options.clock ?? (() => Date.now()),
      random,
      setTimer(task, delayMs) {
        if (delayMs > LONGEST_WAIT_MS) return () => undefined;
        const timer = setTimeout(() => (own.isOver ? undefined : task()), Math.min(delayMs, 20));
        return () => clearTimeout(timer);
      },
      vaults: options.wrapStorage?.(vaults.storage) ?? vaults.storage,
      storageRoom: silentStorageRoom,
      leaderLock: vaults.leaderLock,
      loadSqlite: () => (sqlite ??= loadSqliteEngine()),
      createPageCipher: createPageCipherFactory({ random }),
      kdfIterations: PBKDF2_MIN_ITERATIONS,
      stretchPassword: quickStretch,
      relay: whileAlive(options.relay, () => isOnline, own),
      connectivity: {
        isOnline: () => isOnline,
        subscribe(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
      emit: (event) => own.isOver || events.push(event),
    });
  }

  const signal = (name: 'online' | 'offline' | 'visible'): void => listeners.forEach((listener) => listener(name));

  const client: TestClient = {
    name: options.name,
    get api() {
      if (life.isOver) throw new Error(`${options.name} has died`);
      return core.api;
    },
    vaults,
    events,
    vaultId() {
      if (vaultId === undefined) throw new Error('no account was made');
      return vaultId;
    },
    async accountId() {
      await until(`${options.name} has an id`, async () => (await core.api.me()).accountId !== undefined);
      return (await core.api.me()).accountId!;
    },
    look: () => signal('visible'),
    async turn() {
      signal('visible');
      // Asks the relay in the same queue: once after the turn that runs, and once after the one that was wanted meanwhile.
      for (const handle of ['nobody_at_all', 'nobody_either']) await core.api.findByHandle({ handle });
    },
    goOffline() {
      isOnline = false;
      signal('offline');
    },
    goOnline() {
      isOnline = true;
      signal('online');
    },
    crash() {
      life.isOver = true;
      listeners.clear();
      vaults.crash();
    },
    isDead: () => life.isOver,
    async reopen(password = PASSWORD) {
      core = start();
      const unlocked = await core.api.unlock({ vaultId: client.vaultId(), password });
      if (!unlocked.ok) throw new Error(`${options.name} does not open: ${unlocked.error.tag}`);
    },
    // Whoever died is not closed: its last request is never answered.
    close: () => (life.isOver ? Promise.resolve() : core.close()),
    async conversationWith(peer) {
      const peerId = await peer.accountId();
      const all = [...(await core.api.conversations({ limit: 100, after: undefined })), ...(await core.api.requests())];
      const found = all.find((conversation) => conversation.peer === peerId);
      if (found === undefined) throw new Error(`${options.name} has no conversation with ${peer.name}`);
      return found.conversationId;
    },
    async messages(conversationId) {
      const page = await core.api.messages({ conversationId, from: { at: 'newest' }, limit: 200 });
      if (!page.ok) throw new Error(`${options.name}: ${page.error.tag}`);
      const all = [...page.value.messages];
      for (let more = page.value.hasOlder; more;) {
        const older = await core.api.messages({ conversationId, from: { before: all[0]!.position }, limit: 200 });
        if (!older.ok) throw new Error(older.error.tag);
        all.unshift(...older.value.messages);
        more = older.value.hasOlder;
      }
      return all;
    },
    async texts(conversationId) {
      return (await client.messages(conversationId)).flatMap(({ body }) => (body.kind === 'text' ? [body.text] : []));
    },
  };

  if (options.vaults === undefined) {
    const created = await core.api.createAccount({
      name: options.name,
      password: PASSWORD,
      handle: options.handle,
      showNameWhenLocked: false,
    });
    if (!created.ok) throw new Error(`${options.name} was not made: ${created.error.tag}`);
    vaultId = created.value.vaultId;
  } else {
    vaultId = (await vaults.storage.list())[0]?.vaultId;
  }
  return client;
};

/** The network as this client has it; a client that died hears no answer any more. */
const whileAlive = (relay: RelayPort, isOnline: () => boolean, own: { readonly isOver: boolean }): RelayPort => {
  const never = new Promise<never>(() => undefined);
  const offline = { ok: false, error: { tag: 'offline' } } as const;
  return {
    async call(operation, request, session) {
      if (own.isOver) return never;
      if (!isOnline()) return offline;
      const answer = await relay.call(operation, request, session);
      return own.isOver ? never : isOnline() ? answer : offline;
    },
    openSocket(handlers) {
      const alive = (task: () => void) => () => (own.isOver ? undefined : task());
      const socket = relay.openSocket({
        onOpen: alive(handlers.onOpen),
        onWake: alive(() => isOnline() && handlers.onWake()),
        onClose: alive(handlers.onClose),
      });
      return {
        async call(operation, request) {
          if (own.isOver) return never;
          if (!isOnline()) return offline;
          const answer = await socket.call(operation, request);
          return own.isOver ? never : isOnline() ? answer : offline;
        },
        close: () => socket.close(),
      };
    },
  };
};

/** Waits for something that comes by itself; fails with what was waited for. */
export const until = async (what: string, holds: () => Promise<boolean> | boolean, limitMs = 50_000): Promise<void> => {
  const endMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
