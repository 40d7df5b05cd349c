import type { AccountId, ConversationId, GroupId } from '../../domain/ids.ts';
import type { SqlConnection } from '../database.ts';
import { blobToId, fromColumn, idToBlob, optionalBlobToId, optionalIdToBlob, toColumn, type Blob } from './columns.ts';
import { LAST_MESSAGE_COLUMNS, lastMessageOf, type LastMessage, type LastMessageRow } from './last-message.ts';

export type ConversationKind = 'direct' | 'group' | 'notes';
/** `requested`: somebody unknown wrote. `waiting`: we wrote first. `left`: we are not a member any more. */
export type ConversationState = 'active' | 'requested' | 'waiting' | 'blocked' | 'left';

export interface NewConversation {
  readonly conversationId: ConversationId;
  readonly kind: ConversationKind;
  readonly state: ConversationState;
  readonly title: string;
  /** 1:1 only. */
  readonly peer: AccountId | undefined;
  readonly generation: number;
  readonly groupId: GroupId | undefined;
  readonly createdAtMs: number;
}

export interface StoredConversation extends NewConversation {
  /** Newest first by this; ties by `id`. */
  readonly sortAtMs: number;
  readonly id: number;
  readonly unreadCount: number;
  readonly draft: string;
  readonly pinnedAtMs: number | undefined;
  readonly archivedAtMs: number | undefined;
  readonly mutedUntilMs: number | undefined;
  readonly last: LastMessage | undefined;
}

/** A place in the list, after which the next page begins. */
export interface ConversationPlace {
  readonly sortAtMs: number;
  readonly id: number;
}

export interface ConversationsRepository {
  create(conversation: NewConversation): void;
  read(conversationId: ConversationId): StoredConversation | undefined;
  /** The 1:1 conversation with an account. */
  withPeer(accountId: AccountId): StoredConversation | undefined;
  /** Newest first; without requests. */
  page(options: {
    readonly after?: ConversationPlace | undefined;
    readonly limit: number;
  }): readonly StoredConversation[];
  /** Newest first. Few, by `LIMITS.pendingRequests`. */
  requests(): readonly StoredConversation[];
  setState(conversationId: ConversationId, state: ConversationState): void;
  /** Of a conversation without messages: a request that was declined. */
  remove(conversationId: ConversationId): void;
  setTitle(conversationId: ConversationId, title: string): void;
  /** The group that messages are sent to from now on. */
  setGroup(conversationId: ConversationId, generation: number, groupId: GroupId): void;
  setDraft(conversationId: ConversationId, draft: string, atMs: number): void;
  setListed(
    conversationId: ConversationId,
    marks: {
      readonly pinnedAtMs: number | undefined;
      readonly archivedAtMs: number | undefined;
      readonly mutedUntilMs: number | undefined;
    },
  ): void;
  unreadTotal(): number;
}

interface Row extends LastMessageRow {
  readonly id: number;
  readonly conversation_id: Blob;
  readonly kind: ConversationKind;
  readonly state: ConversationState;
  readonly title: string;
  readonly peer: Blob | null;
  readonly generation: number;
  readonly group_id: Blob | null;
  readonly sort_at: number;
  readonly pinned_at: number | null;
  readonly archived_at: number | null;
  readonly muted_until: number | null;
  readonly unread_count: number;
  readonly draft: string;
  readonly created_at: number;
}

const SELECT = `SELECT c.id, c.conversation_id, c.kind, c.state, c.title, c.peer, c.generation, c.group_id, c.sort_at,
  c.pinned_at, c.archived_at, c.muted_until, c.unread_count, c.draft, c.created_at, ${LAST_MESSAGE_COLUMNS}
  FROM conversations c LEFT JOIN messages m ON m.arrival = c.last_arrival`;

const rowToConversation = (row: Row): StoredConversation => ({
  id: row.id,
  conversationId: blobToId<ConversationId>(row.conversation_id),
  kind: row.kind,
  state: row.state,
  title: row.title,
  peer: optionalBlobToId<AccountId>(row.peer),
  generation: row.generation,
  groupId: optionalBlobToId<GroupId>(row.group_id),
  createdAtMs: row.created_at,
  sortAtMs: row.sort_at,
  unreadCount: row.unread_count,
  draft: row.draft,
  pinnedAtMs: fromColumn(row.pinned_at),
  archivedAtMs: fromColumn(row.archived_at),
  mutedUntilMs: fromColumn(row.muted_until),
  last: lastMessageOf(row),
});

export const createConversationsRepository = (db: SqlConnection): ConversationsRepository => {
  const set = (assignments: string, values: readonly (string | number | Blob | null)[], id: ConversationId): void =>
    void db.run(`UPDATE conversations SET ${assignments} WHERE conversation_id = ?`, [...values, idToBlob(id)]);
  const one = (condition: string, value: Blob): StoredConversation | undefined => {
    const row = db.row<Row>(`${SELECT} WHERE ${condition}`, [value]);
    return row && rowToConversation(row);
  };

  return {
    create(conversation) {
      db.run(
        `INSERT INTO conversations (conversation_id, kind, state, title, peer, generation, group_id, sort_at, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          idToBlob(conversation.conversationId),
          conversation.kind,
          conversation.state,
          conversation.title,
          optionalIdToBlob(conversation.peer),
          conversation.generation,
          optionalIdToBlob(conversation.groupId),
          conversation.createdAtMs,
          conversation.createdAtMs,
        ],
      );
    },

    read: (conversationId) => one('c.conversation_id = ?', idToBlob(conversationId)),
    withPeer: (accountId) => one('c.peer = ?', idToBlob(accountId)),

    page: ({ after, limit }) =>
      db
        .rows<Row>(
          `${SELECT} WHERE (c.sort_at, c.id) < (?, ?) AND c.state <> 'requested'
            ORDER BY c.sort_at DESC, c.id DESC LIMIT ?`,
          [after?.sortAtMs ?? Number.MAX_SAFE_INTEGER, after?.id ?? 0, limit],
        )
        .map(rowToConversation),

    requests: () =>
      db.rows<Row>(`${SELECT} WHERE c.state = 'requested' ORDER BY c.sort_at DESC, c.id DESC`).map(rowToConversation),

    remove: (id) => void db.run('DELETE FROM conversations WHERE conversation_id = ?', [idToBlob(id)]),
    setState: (id, state) => set('state = ?', [state], id),
    setTitle: (id, title) => set('title = ?', [title], id),
    setGroup: (id, generation, groupId) => set('generation = ?, group_id = ?', [generation, idToBlob(groupId)], id),
    setDraft: (id, draft, atMs) => set('draft = ?, draft_at = ?', [draft, atMs], id),
    setListed: (id, { pinnedAtMs, archivedAtMs, mutedUntilMs }) =>
      set(
        'pinned_at = ?, archived_at = ?, muted_until = ?',
        [toColumn(pinnedAtMs), toColumn(archivedAtMs), toColumn(mutedUntilMs)],
        id,
      ),

    unreadTotal: () =>
      db.row<{ total: number | null }>(
        `SELECT sum(unread_count) AS total FROM conversations WHERE state <> 'requested' AND unread_count > 0`,
      )?.total ?? 0,
  };
};
