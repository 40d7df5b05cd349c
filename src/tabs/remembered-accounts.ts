import type { VaultId } from '../domain/ids.ts';
import type { AccountSummary } from '../rpc/dto.ts';
import { leaderLockName } from '../rpc/lock-names.ts';

/**
 * The list of accounts as it was last seen, in localStorage: the unlock screen stands before the core has started. It
 * holds what rests in clear anyway (docs/protocol/browser-storage.md), and is a guess: the core's own list replaces it
 * a moment later.
 */
export interface RememberedAccounts {
  note(accounts: readonly AccountSummary[]): void;
  /** Undefined where nothing is remembered, or where one of them seems to be open. */
  recall(): Promise<readonly AccountSummary[] | undefined>;
}

const KEY = 'sotto.accounts';
const VAULT_ID = /^[0-9a-f]{32}$/;
type Stored = { readonly vaultId: VaultId; readonly label?: string };

/**
 * Looks at once: by the time that a page is built and asks, the answer is there.
 * @param asked what a query that is under way already will answer
 */
export const createRememberedAccounts = (
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  locks: Pick<LockManager, 'query'>,
  asked?: Promise<LockManagerSnapshot>,
): RememberedAccounts => {
  const look = async (query = () => locks.query()): Promise<readonly AccountSummary[] | undefined> => {
    const stored = parse(storage.getItem(KEY));
    if (stored === undefined) return undefined;
    const { held = [] } = await query();
    // Open elsewhere, or in the page that stood here a moment ago and is not quite gone: the core finds out which.
    if (stored.some(({ vaultId }) => held.some(({ name }) => name === leaderLockName(vaultId)))) return undefined;
    return stored.map(({ vaultId, label }) => ({ vaultId, label, state: 'locked' }));
  };
  let ahead: ReturnType<typeof look> | undefined = look(asked && (() => asked));

  return {
    note(accounts) {
      ahead = undefined;
      // A list with a problem in it is told by the core alone, which has looked.
      const isWhole = accounts.length > 0 && accounts.every(({ state }) => state === 'locked' || state === 'open');
      if (!isWhole) return storage.removeItem(KEY);
      const stored = accounts.map(({ vaultId, label }): Stored => ({ vaultId, ...(label !== undefined && { label }) }));
      try {
        storage.setItem(KEY, JSON.stringify(stored));
      } catch {
        storage.removeItem(KEY); // no room: the next start waits for the core, and an old list must not stay
      }
    },

    recall() {
      const recalled = ahead ?? look();
      ahead = undefined;
      return recalled;
    },
  };
};

/** Of all windows together, as of now. */
export const rememberedIds = (storage: Pick<Storage, 'getItem'>): readonly VaultId[] =>
  (parse(storage.getItem(KEY)) ?? []).map(({ vaultId }) => vaultId);

/** Anybody who has the profile may have edited it: only what is well formed is taken. */
const parse = (text: string | null): readonly Stored[] | undefined => {
  try {
    const raw: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(raw) && raw.length > 0 && raw.every(isStored) ? raw : undefined;
  } catch {
    return undefined;
  }
};

const isStored = (raw: unknown): raw is Stored => {
  if (typeof raw !== 'object' || raw === null) return false;
  const { vaultId, label } = raw as Partial<Record<keyof Stored, unknown>>;
  const hasId = typeof vaultId === 'string' && VAULT_ID.test(vaultId);
  return hasId && (label === undefined || typeof label === 'string');
};
