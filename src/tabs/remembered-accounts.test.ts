import { describe, expect, it } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import type { AccountSummary } from '../rpc/dto.ts';
import { leaderLockName } from '../rpc/lock-names.ts';
import { createRememberedAccounts } from './remembered-accounts.ts';

const ada = 'a'.repeat(32) as VaultId;
const bo = 'b'.repeat(32) as VaultId;
const locked = (vaultId: VaultId, label?: string): AccountSummary => ({ vaultId, label, state: 'locked' });

const memoryStorage = (isFull = false) => {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem(key: string, value: string) {
      if (isFull) throw new Error('QuotaExceededError');
      items.set(key, value);
    },
    removeItem: (key: string) => void items.delete(key),
  };
};
const noLocks = { query: async () => ({ held: [] }) };

describe('the accounts that the last visit saw', () => {
  it('stand at the next start, with the names that rest in clear', async () => {
    const storage = memoryStorage();
    createRememberedAccounts(storage, noLocks).note([locked(ada, 'Ada'), { ...locked(bo), state: 'open' }]);
    expect(await createRememberedAccounts(storage, noLocks).recall()).toEqual([locked(ada, 'Ada'), locked(bo)]);
  });

  it('are left to the core while one is open, perhaps in the page that was reloaded a moment ago', async () => {
    const locks = { query: async () => ({ held: [{ name: leaderLockName(ada) }] }) };
    const accounts = createRememberedAccounts(memoryStorage(), locks);
    accounts.note([locked(ada), locked(bo)]);
    expect(await accounts.recall()).toBeUndefined();
  });

  it('are judged once by what was asked before the app was here, and then by what holds now', async () => {
    const storage = memoryStorage();
    createRememberedAccounts(storage, noLocks).note([locked(ada)]);
    const asked = Promise.resolve({ held: [{ name: leaderLockName(ada) }] });
    const accounts = createRememberedAccounts(storage, noLocks, asked);
    expect(await accounts.recall()).toBeUndefined();
    expect(await accounts.recall()).toEqual([locked(ada)]);
  });

  it('are forgotten when one of them has a problem, or all are gone: the core tells that itself', async () => {
    const accounts = createRememberedAccounts(memoryStorage(), noLocks);
    for (const now of [[], [locked(ada), { ...locked(bo), state: 'evicted' as const }]]) {
      accounts.note([locked(ada)]);
      accounts.note(now);
      expect(await accounts.recall()).toBeUndefined();
    }
  });

  it('are not an old list where there was no room for the new one', async () => {
    const storage = memoryStorage(true);
    storage.items.set('sotto.accounts', JSON.stringify([{ vaultId: ada }]));
    const accounts = createRememberedAccounts(storage, noLocks);
    accounts.note([locked(bo)]);
    expect(await accounts.recall()).toBeUndefined();
  });

  it.each(['', '{', '{}', '[]', '[null]', '[{"vaultId":"../x"}]', `[{"vaultId":"${ada}","label":7}]`])(
    'are nothing where %j is stored',
    async (text) => {
      const storage = memoryStorage();
      storage.items.set('sotto.accounts', text);
      expect(await createRememberedAccounts(storage, noLocks).recall()).toBeUndefined();
    },
  );
});
