import type { MailboxId, RelayId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, fromColumn, idToBlob, optionalBlobToId, optionalIdToBlob, toColumn, type Blob } from './columns.ts';

/** A relay that this account has a mailbox at, or is about to have. */
export interface Relay {
  readonly relayId: RelayId;
  readonly url: string;
  readonly publicKey: Uint8Array | undefined;
  readonly mailboxId: MailboxId | undefined;
  /** Changes when the relay was restored from a backup: cursors of another incarnation mean nothing. */
  readonly incarnation: Uint8Array | undefined;
  /** Everything up to here was fetched and stored. */
  readonly cursor: number;
  readonly fetchToken: Uint8Array | undefined;
  readonly fetchTokenExpiresAtMs: number | undefined;
}

export interface RelaysRepository {
  read(relayId: RelayId): Relay | undefined;
  list(): readonly Relay[];
  save(relay: Relay): void;
  /** In the transaction that stores what was fetched. */
  saveCursor(relayId: RelayId, cursor: number): void;
}

interface Row {
  readonly relay_id: Blob;
  readonly url: string;
  readonly public_key: Blob | null;
  readonly mailbox_id: Blob | null;
  readonly incarnation: Blob | null;
  readonly cursor: number | null;
  readonly fetch_token: Blob | null;
  readonly fetch_token_expires_at: number | null;
}

/** The cursor moves with every fetch, so it rests among the counters, where such a commit writes anyway. */
const SELECT = `SELECT r.*, n.value AS cursor FROM relays r
  LEFT JOIN counters n ON n.name = 'cursor/' || hex(r.relay_id)`;

const rowToRelay = (row: Row): Relay => ({
  relayId: blobToId<RelayId>(row.relay_id),
  url: row.url,
  publicKey: fromColumn(row.public_key),
  mailboxId: optionalBlobToId<MailboxId>(row.mailbox_id),
  incarnation: fromColumn(row.incarnation),
  cursor: row.cursor ?? 0,
  fetchToken: fromColumn(row.fetch_token),
  fetchTokenExpiresAtMs: fromColumn(row.fetch_token_expires_at),
});

export const createRelaysRepository = (db: SqlConnection): RelaysRepository => {
  const saveCursor = (relayId: RelayId, cursor: number): void =>
    void db.run(`INSERT OR REPLACE INTO counters (name, value) VALUES ('cursor/' || hex(?), ?)`, [
      idToBlob(relayId),
      cursor,
    ]);
  return {
    read(relayId) {
      const row = db.row<Row>(`${SELECT} WHERE r.relay_id = ?`, [idToBlob(relayId)]);
      return row && rowToRelay(row);
    },
    list: () => db.rows<Row>(`${SELECT} ORDER BY r.relay_id`).map(rowToRelay),
    save(relay) {
      db.run(
        `INSERT OR REPLACE INTO relays
        (relay_id, url, public_key, mailbox_id, incarnation, fetch_token, fetch_token_expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          idToBlob(relay.relayId),
          relay.url,
          toColumn(relay.publicKey),
          optionalIdToBlob(relay.mailboxId),
          toColumn(relay.incarnation),
          toColumn(relay.fetchToken),
          toColumn(relay.fetchTokenExpiresAtMs),
        ],
      );
      saveCursor(relay.relayId, relay.cursor);
    },
    saveCursor,
  };
};
