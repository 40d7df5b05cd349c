import type { AccountId, RelayId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { fromColumn, optionalBlobToId, optionalIdToBlob, toColumn, type Blob } from './columns.ts';

/** The account of this vault. Without an id until a relay was reached once: the relay's id is part of it. */
export interface OwnAccount {
  readonly name: string;
  readonly accountId: AccountId | undefined;
  readonly deviceIndex: number | undefined;
  readonly handle: string | undefined;
  /** Of the newest handle claim. */
  readonly handleCounter: number;
  /** All entries of the signature chain, encoded by their owner. */
  readonly chain: Uint8Array | undefined;
  readonly chainHead: Uint8Array | undefined;
  readonly relayId: RelayId | undefined;
}

export interface OwnAccountRepository {
  read(): OwnAccount | undefined;
  save(account: OwnAccount): void;
}

interface Row {
  readonly account_id: Blob | null;
  readonly device_index: number | null;
  readonly name: string;
  readonly handle: string | null;
  readonly handle_counter: number;
  readonly chain: Blob | null;
  readonly chain_head: Blob | null;
  readonly relay_id: Blob | null;
}

export const createOwnAccountRepository = (db: SqlConnection): OwnAccountRepository => ({
  read() {
    const row = db.row<Row>('SELECT * FROM own_account');
    if (row === undefined) return undefined;
    return {
      name: row.name,
      accountId: optionalBlobToId<AccountId>(row.account_id),
      deviceIndex: fromColumn(row.device_index),
      handle: fromColumn(row.handle),
      handleCounter: row.handle_counter,
      chain: fromColumn(row.chain),
      chainHead: fromColumn(row.chain_head),
      relayId: optionalBlobToId<RelayId>(row.relay_id),
    };
  },

  save(account) {
    db.run(
      `INSERT OR REPLACE INTO own_account
        (one, account_id, device_index, name, handle, handle_counter, chain, chain_head, relay_id)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        optionalIdToBlob(account.accountId),
        toColumn(account.deviceIndex),
        account.name,
        toColumn(account.handle),
        account.handleCounter,
        toColumn(account.chain),
        toColumn(account.chainHead),
        optionalIdToBlob(account.relayId),
      ],
    );
  },
});
