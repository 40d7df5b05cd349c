import type { AccountId, RelayId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, fromColumn, idToBlob, optionalBlobToId, optionalIdToBlob, toColumn, type Blob } from './columns.ts';

/** Somebody else's account, as far as this device knows it. */
export interface StoredContact {
  readonly accountId: AccountId;
  readonly givenName: string | undefined;
  readonly profileName: string | undefined;
  readonly handle: string | undefined;
  readonly note: string;
  readonly relayId: RelayId | undefined;
  /** All known entries of the signature chain, encoded by their owner, and the hash of the newest. */
  readonly chain: Uint8Array;
  readonly chainHead: Uint8Array;
  /** The head that was compared in person. */
  readonly verifiedHead: Uint8Array | undefined;
  readonly verifiedAtMs: number | undefined;
  readonly blockedAtMs: number | undefined;
  /** Undefined for somebody who is known from a request or a group only. */
  readonly addedAtMs: number | undefined;
}

/** A place in the list of contacts, after which the next page begins. */
export interface ContactPlace {
  readonly sortName: string;
  readonly id: number;
}

export interface ContactPage {
  readonly contacts: readonly StoredContact[];
  /** Undefined at the end. */
  readonly next: ContactPlace | undefined;
}

export interface ContactsRepository {
  read(accountId: AccountId): StoredContact | undefined;
  save(contact: StoredContact): void;
  /** People who were added, and people who were blocked before they were, by the name that is shown. */
  page(options: { readonly after?: ContactPlace | undefined; readonly limit: number }): ContactPage;
  blocked(): readonly AccountId[];
}

interface Row {
  readonly id: number;
  readonly account_id: Blob;
  readonly sort_name: string;
  readonly given_name: string | null;
  readonly profile_name: string | null;
  readonly handle: string | null;
  readonly note: string;
  readonly relay_id: Blob | null;
  readonly chain: Blob;
  readonly chain_head: Blob;
  readonly verified_head: Blob | null;
  readonly verified_at: number | null;
  readonly blocked_at: number | null;
  readonly added_at: number | null;
}

const rowToContact = (row: Row): StoredContact => ({
  accountId: blobToId<AccountId>(row.account_id),
  givenName: fromColumn(row.given_name),
  profileName: fromColumn(row.profile_name),
  handle: fromColumn(row.handle),
  note: row.note,
  relayId: optionalBlobToId<RelayId>(row.relay_id),
  chain: row.chain,
  chainHead: row.chain_head,
  verifiedHead: fromColumn(row.verified_head),
  verifiedAtMs: fromColumn(row.verified_at),
  blockedAtMs: fromColumn(row.blocked_at),
  addedAtMs: fromColumn(row.added_at),
});

/** The shown name without case and diacritics, so that Ängström stands beside Andrea. */
const sortNameOf = ({ givenName, profileName, handle }: StoredContact): string =>
  (givenName ?? profileName ?? handle ?? '').normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

export const createContactsRepository = (db: SqlConnection): ContactsRepository => ({
  read(accountId) {
    const row = db.row<Row>('SELECT * FROM contacts WHERE account_id = ?', [idToBlob(accountId)]);
    return row && rowToContact(row);
  },

  save(contact) {
    db.run(
      `INSERT INTO contacts (account_id, sort_name, given_name, profile_name, handle, note, relay_id, chain, chain_head,
          verified_head, verified_at, blocked_at, added_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (account_id) DO UPDATE SET sort_name = excluded.sort_name, given_name = excluded.given_name,
          profile_name = excluded.profile_name, handle = excluded.handle, note = excluded.note,
          relay_id = excluded.relay_id, chain = excluded.chain, chain_head = excluded.chain_head,
          verified_head = excluded.verified_head, verified_at = excluded.verified_at,
          blocked_at = excluded.blocked_at, added_at = excluded.added_at`,
      [
        idToBlob(contact.accountId),
        sortNameOf(contact),
        toColumn(contact.givenName),
        toColumn(contact.profileName),
        toColumn(contact.handle),
        contact.note,
        optionalIdToBlob(contact.relayId),
        contact.chain,
        contact.chainHead,
        toColumn(contact.verifiedHead),
        toColumn(contact.verifiedAtMs),
        toColumn(contact.blockedAtMs),
        toColumn(contact.addedAtMs),
      ],
    );
  },

  page({ after, limit }) {
    const rows = db.rows<Row>(
      `SELECT * FROM contacts WHERE (added_at IS NOT NULL OR blocked_at IS NOT NULL) AND (sort_name, id) > (?, ?)
        ORDER BY sort_name, id LIMIT ?`,
      [after?.sortName ?? '', after?.id ?? 0, limit],
    );
    const last = rows.length === limit ? rows.at(-1) : undefined;
    return { contacts: rows.map(rowToContact), next: last && { sortName: last.sort_name, id: last.id } };
  },

  blocked: () =>
    db
      .rows<{ account_id: Blob }>('SELECT account_id FROM contacts WHERE blocked_at IS NOT NULL')
      .map((row) => blobToId<AccountId>(row.account_id)),
});
