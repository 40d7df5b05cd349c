import type { AccountId, ConversationId } from '../../src/domain/ids.ts';
import type { Database, SqlConnection, SqlValue } from '../../src/storage/database.ts';
import { createMemoryFileLayer } from '../../src/storage/file-layer-memory.ts';
import { migrate } from '../../src/storage/migrations/migrate.ts';
import {
  createMessagesRepository,
  type MessagesRepository,
} from '../../src/storage/repositories/messages-repository.ts';
import { createTimelineRepository } from '../../src/storage/repositories/timeline-repository.ts';
import { createHistoryChats } from '../../src/storage/testing/fill-history.ts';
import { createHistory, type History, type HistoryMessage } from '../../src/storage/testing/history.ts';
import { createTestDatabase, seededChance } from '../../src/storage/testing/storage-fixture.ts';
import { createWorkload } from '../../src/storage/testing/workload.ts';
import { PAYLOAD_KIND } from '../../src/wire/payload.ts';
import type { RecordedStatement, Recording } from './recording.ts';

const PAGE_MESSAGES = 50;
const SEED = 1;

/** Days of an account, acted out once over a database in memory; what comes next is recorded when it is asked for. */
export interface Recorder {
  /** The empty database. */
  schema(): Recording;
  /** Conversations to write in. */
  prepare(): Recording;
  /** A history as it comes in after a while away: `size` messages in each of `commits` transactions. */
  bulk(commits: number, size: number): Recording;
  /** One received message in each transaction, with its ratchet, its receipt and its cursor. */
  receive(commits: number): Recording;
  /** Screens of 50 messages, anywhere in the history so far. */
  pages(count: number): Recording;
  close(): void;
}

/** @param messages as many as `bulk` will be asked for, at least */
export const createRecorder = async (messages: number): Promise<Recorder> => {
  const db = await createTestDatabase(createMemoryFileLayer());
  const tape = createTape();
  const recorded = recordTransactions(db, tape);
  const workload = createWorkload(recorded, SEED);
  const repository = createMessagesRepository(recorded);
  const timeline = createTimelineRepository(recorded);
  const history = apart(createHistory({ seed: SEED, messages }));
  const coming = history.messages();
  const stored: HistoryMessage[] = [];
  const chance = seededChance(SEED);

  const next = (): HistoryMessage => {
    const { value } = coming.next();
    if (value === undefined) throw new Error('the history is shorter than what is measured');
    stored.push(value);
    return value;
  };

  return {
    schema() {
      tape.begin();
      migrate(recordStatements(tape));
      return tape.take();
    },
    prepare() {
      workload.prepare();
      recorded.transaction(() => createHistoryChats(recorded, history));
      return tape.take();
    },
    bulk(commits, size) {
      for (let commit = 0; commit < commits; commit += 1) {
        const batch = Array.from({ length: size }, next);
        recorded.transaction(() => batch.forEach((message) => receive(repository, history, message)));
      }
      return tape.take();
    },
    receive(commits) {
      for (let commit = 0; commit < commits; commit += 1) workload.receive(1);
      return tape.take();
    },
    pages(count) {
      for (let page = 0; page < count; page += 1) {
        tape.begin();
        const { conversation, sequence } = stored[Math.floor(chance() * stored.length)] ?? next();
        const { conversationId } = history.conversations[conversation] ?? {};
        if (conversationId === undefined) throw new Error('a message without a conversation');
        timeline.before(conversationId, { generation: 0, sequence }, PAGE_MESSAGES);
      }
      return tape.take();
    },
    close: () => void db.close(),
  };
};

/** The history's people and chats must be others than those of the workload, which numbers its own alike. */
const apart = ({ conversations, ...history }: History): History => ({
  ...history,
  conversations: conversations.map((conversation) => ({
    ...conversation,
    conversationId: `c1${conversation.conversationId.slice(2)}` as ConversationId,
    people: conversation.people.map(({ accountId, deviceIndex }) => ({
      accountId: `b1${accountId.slice(2)}` as AccountId,
      deviceIndex,
    })),
  })),
});

const receive = (repository: MessagesRepository, { conversations }: History, message: HistoryMessage): void => {
  const { messageId, author, text, atMs, isMine, sequence } = message;
  const { conversationId } = conversations[message.conversation] ?? {};
  if (conversationId === undefined) throw new Error('a message without a conversation');
  const content = {
    messageId,
    author,
    kind: PAYLOAD_KIND.text,
    format: 1,
    text,
    body: undefined,
    time: { wallMs: atMs, counter: 0 },
    sentAtMs: atMs,
    relayAtMs: atMs,
    storedAtMs: atMs,
  };
  repository.insertReceived(conversationId, content, { position: { generation: 0, sequence }, isMine });
};

interface Tape {
  begin(): void;
  note(sql: string, parameters: readonly SqlValue[], reads: boolean): void;
  take(): Recording;
}

const createTape = (): Tape => {
  let places = new Map<string, number>();
  let transactions: RecordedStatement[][] = [];
  return {
    begin: () => void transactions.push([]),
    note(sql, parameters, reads) {
      const text = places.get(sql) ?? places.size;
      places.set(sql, text);
      transactions.at(-1)?.push({ text, parameters, reads });
    },
    take() {
      const taken: Recording = { texts: [...places.keys()], transactions };
      places = new Map();
      transactions = [];
      return taken;
    },
  };
};

const recordTransactions = (db: Database, tape: Tape): Database => ({
  ...db,
  transaction(work) {
    tape.begin();
    return db.transaction(work);
  },
  run(sql, parameters = []) {
    tape.note(sql, parameters, false);
    return db.run(sql, parameters);
  },
  rows(sql, parameters = []) {
    tape.note(sql, parameters, true);
    return db.rows(sql, parameters);
  },
  row(sql, parameters = []) {
    tape.note(sql, parameters, true);
    return db.row(sql, parameters);
  },
});

/** A connection to a database without a table, where nothing is found. */
const recordStatements = (tape: Tape): SqlConnection => ({
  run(sql, parameters = []) {
    tape.note(sql, parameters, false);
    return 0;
  },
  rows: () => [],
  row: () => undefined,
  atomically: (work) => work(),
});
