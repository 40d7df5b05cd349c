import { silentStorageRoom } from '../../testing/memory-vaults.ts';
import type { AccountId, ConversationId, GroupId, MessageId } from '../../../domain/ids.ts';
import type { CoreEvent } from '../../../rpc/core-api.ts';
import { createMemoryFileLayer } from '../../../storage/file-layer-memory.ts';
import type { StoredContact } from '../../../storage/repositories/contacts-repository.ts';
import type { NewConversation } from '../../../storage/repositories/conversations-repository.ts';
import type { MessageContent, StoredMessage } from '../../../storage/repositories/message-rows.ts';
import { createTestDatabase } from '../../../storage/testing/storage-fixture.ts';
import { PAYLOAD_FORMAT, PAYLOAD_KIND } from '../../../wire/payload.ts';
import { readMe } from '../../account/read-me.ts';
import { createChanges } from '../../changes.ts';
import { createRepositories } from '../../repositories.ts';
import { createReading } from '../create-reading.ts';
import { createNameBook } from '../shown-name.ts';
import { readConversationSummary } from '../to-conversation-summary.ts';
import { toMessage } from '../to-message.ts';

export const MONDAY = Date.UTC(2025, 10, 24, 9, 0);

export const ME = 'aa'.repeat(32) as AccountId;
export const BORIS = 'bb'.repeat(32) as AccountId;
export const CARLA = 'cc'.repeat(32) as AccountId;
export const MY_HEAD = new Uint8Array(32).fill(1);
export const BORIS_HEAD = new Uint8Array(32).fill(2);

/** Every id of a test: 16 bytes that differ by number. */
const numbered = (number: number): string => number.toString(16).padStart(32, '0');
export const toConversation = (number: number): ConversationId => numbered(number) as ConversationId;
export const toMessageId = (number: number): MessageId => numbered(number) as MessageId;

export const WITH_BORIS = toConversation(1);
export const WITH_CARLA = toConversation(2);

/** The account of Ada in an encrypted database in memory: Boris and Carla are contacts, with an empty chat each. */
export const openReading = async () => {
  const db = await createTestDatabase(createMemoryFileLayer());
  const rows = createRepositories(db);
  const events: CoreEvent[] = [];
  let waitingTold = 0;
  let lastNumber = 1_000;

  const write = <T>(work: () => T): T => {
    const done = db.transaction(work);
    if (!done.ok) throw new Error(`not written: ${done.error.tag}`);
    return done.value;
  };

  const saveContact = (contact: Partial<StoredContact> & Pick<StoredContact, 'accountId'>): void =>
    write(() =>
      rows.contacts.save({
        givenName: undefined,
        profileName: undefined,
        handle: undefined,
        note: '',
        relayId: undefined,
        chain: new Uint8Array(64),
        chainHead: new Uint8Array(32).fill(3),
        verifiedHead: undefined,
        verifiedAtMs: undefined,
        blockedAtMs: undefined,
        addedAtMs: MONDAY,
        ...contact,
      }),
    );

  const createConversation = (conversation: Partial<NewConversation> & Pick<NewConversation, 'conversationId'>): void =>
    write(() =>
      rows.conversations.create({
        kind: 'direct',
        state: 'active',
        title: '',
        peer: undefined,
        generation: 0,
        groupId: '99'.repeat(16) as GroupId,
        createdAtMs: MONDAY,
        ...conversation,
      }),
    );

  const contentOf = (text: string | undefined, author: AccountId, content: Partial<MessageContent>): MessageContent => {
    lastNumber += 1;
    return {
      messageId: toMessageId(lastNumber),
      author: { accountId: author, deviceIndex: 0 },
      kind: PAYLOAD_KIND.text,
      format: PAYLOAD_FORMAT,
      text,
      body: undefined,
      time: { wallMs: MONDAY, counter: 0 },
      sentAtMs: MONDAY,
      relayAtMs: MONDAY,
      storedAtMs: MONDAY,
      ...content,
    };
  };

  /** A message of Boris, or of whom `content` names, at `sequence` of the conversation's first group. */
  const receive = (
    sequence: number,
    text: string | undefined,
    { conversationId = WITH_BORIS, ...content }: Partial<MessageContent> & { conversationId?: ConversationId } = {},
  ): StoredMessage =>
    write(() =>
      rows.messages.insertReceived(conversationId, contentOf(text, BORIS, content), {
        position: { generation: 0, sequence },
        isMine: false,
      }),
    );

  /** A message of Ada that the relay has not taken yet. */
  const compose = (text: string, conversationId: ConversationId = WITH_BORIS): StoredMessage =>
    write(() => rows.messages.insertOwn(conversationId, contentOf(text, ME, { relayAtMs: undefined })));

  const notice = (sequence: number, kind: number, conversationId: ConversationId = WITH_BORIS): StoredMessage =>
    write(() =>
      rows.messages.insertNotice(conversationId, contentOf(undefined, BORIS, { kind }), { generation: 0, sequence }),
    );

  write(() =>
    rows.ownAccount.save({
      name: 'Ada',
      accountId: ME,
      deviceIndex: 0,
      handle: 'ada',
      handleCounter: 1,
      chain: new Uint8Array(64),
      chainHead: MY_HEAD,
      relayId: undefined,
    }),
  );
  saveContact({ accountId: BORIS, profileName: 'Boris', handle: 'boris', chainHead: BORIS_HEAD });
  saveContact({ accountId: CARLA, profileName: 'Carla' });
  createConversation({ conversationId: WITH_BORIS, peer: BORIS });
  createConversation({ conversationId: WITH_CARLA, peer: CARLA });

  const changes = createChanges(
    {
      message(arrival) {
        const stored = rows.messages.byArrival(arrival);
        return stored && toMessage(createNameBook(rows), stored);
      },
      conversation: (conversationId) => readConversationSummary(rows, conversationId),
      me: () => readMe({ rows }),
    },
    (event) => events.push(event),
    () => (waitingTold += 1),
  );
  const reading = createReading({
    db,
    rows,
    changes,
    clock: () => MONDAY,
    storageKind: 'memory',
    storageRoom: silentStorageRoom,
  });
  return {
    db,
    rows,
    changes,
    reading,
    events,
    waitingTold: () => waitingTold,
    write,
    saveContact,
    createConversation,
    receive,
    compose,
    notice,
  };
};

export type ReadingFixture = Awaited<ReturnType<typeof openReading>>;
