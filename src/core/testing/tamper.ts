import { createPageCipherFactory } from '../../crypto/page-ciphers.ts';
import { openDatabase } from '../../storage/open-database.ts';
import { loadSqliteEngine } from '../../storage/sqlite/engine.ts';
import { quickStretch } from '../../vault/testing/quick-stretch.ts';
import { unlockVault } from '../../vault/unlock-vault.ts';
import { toVaultHeaderStore } from '../account/header-store.ts';
import { createRepositories, type Repositories } from '../repositories.ts';
import { PASSWORD, type TestClient } from './test-client.ts';

/** Changes a client's own database: the program that somebody runs need not be ours. */
export const tamper = async (client: TestClient, change: (rows: Repositories) => void): Promise<void> => {
  client.crash();
  const place = await client.vaults.storage.place(client.vaultId());
  if (place === undefined) throw new Error('no vault');
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const headerStore = toVaultHeaderStore(place.headerStore);
  const vault = await unlockVault({ random, headerStore, stretchPassword: quickStretch }, { password: PASSWORD });
  if (!vault.ok) throw new Error(vault.error.tag);
  const { vaultId, keys, keyEpoch } = vault.value;
  const db = await openDatabase(
    {
      layer: place.files,
      random,
      createCipher: createPageCipherFactory({ random }),
      engine: await loadSqliteEngine(),
    },
    { vaultId, pageKey: keys.page, keyEpoch },
  );
  if (!db.ok) throw new Error(db.error.tag);
  db.value.transaction(() => change(createRepositories(db.value)));
  db.value.close();
  await client.reopen();
};
