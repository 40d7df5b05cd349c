import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import type { Contact, ConversationSummary, Message } from '../../rpc/dto.ts';
import {
  CHATTER,
  createRandom,
  hex,
  LONG_TEXT,
  makeHistory,
  MORE_LANGUAGES,
  positionOf,
  type Person,
} from './histories.ts';

export type FakeConversation = {
  readonly conversationId: ConversationId;
  readonly kind: ConversationSummary['kind'];
  readonly title: string;
  readonly peer: AccountId | undefined;
  state: ConversationSummary['state'];
  messages: Message[];
  readUpTo: string;
  draft: string;
};

export type FakeWorld = {
  readonly me: Person;
  readonly contacts: Map<AccountId, Contact>;
  readonly conversations: Map<ConversationId, FakeConversation>;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type Sketch = {
  readonly with: string;
  readonly handle?: string;
  readonly agoMs: number;
  readonly count: number;
  readonly unread?: number;
  readonly draft?: string;
  readonly state?: ConversationSummary['state'];
  readonly isVerified?: boolean;
  readonly texts?: readonly string[];
  readonly ending?: readonly string[];
  readonly members?: readonly string[];
  readonly note?: string;
};

const SKETCHES: readonly Sketch[] = [
  {
    with: 'Noor Haddad',
    handle: 'noor',
    agoMs: 4 * 60_000,
    count: 10_000,
    unread: 3,
    isVerified: true,
    note: 'Has the key to the upper store.',
    ending: [
      '!I have the key to the upper store. The stove drew well last time, so we can leave the second stack for spring.',
      'Good. I split enough wood for two nights.',
      'Path is clear up to the ridge. I took the short way by the spring, about an hour before dark',
      'Smoke from the chimney, so someone is in.',
      '!That is our light. I left at noon and it was cold by `16:10` last year.',
      '!Timetable: https://example.org/trains?from=valley&to=pass',
      '!Who carries the kettle?',
      'Then I carry the kettle.',
      'And the soup, if you bring the good bread',
      'Half past eight at the lower car park. If it snows before seven we call it off, no heroics.',
    ],
  },
  {
    with: 'Hut keepers',
    agoMs: 26 * 60_000,
    count: 900,
    members: ['Ines Duarte', 'Noor Haddad', 'Jonas Thelen'],
    ending: [
      'Who is coming on Saturday? The stove needs two people and somebody has to bring the bread.',
      '!I am. Train to the pass at ten, then on foot.',
      'Path is clear up to the ridge',
      '!Which rope do we take?',
      'The long rope is in the blue box, the short one has a soft spot near the middle',
      '!Good to know. I bring mine.',
      'the kettle stays with Noor then, and I bring rope, the small stove and both lamps',
    ],
  },
  { with: 'Amara Mensah', handle: 'amara', agoMs: HOUR, count: 420, draft: 'can you bring the small lens' },
  { with: 'Jonas Thelen', handle: 'jonas_t', agoMs: 2 * HOUR, count: 180, ending: ['!Red box, second shelf.'] },
  {
    with: 'Lucía Paredes',
    handle: 'lucia',
    agoMs: 4 * HOUR,
    count: 260,
    texts: [...CHATTER, ...MORE_LANGUAGES.slice(1, 2)],
    ending: ['!Both tickets are booked, same coach, seats by the window.'],
  },
  {
    with: 'Wen Okafor',
    handle: 'wen',
    agoMs: 1.2 * DAY,
    count: 75,
    ending: ['!That is the whole reason I moved here'],
  },
  {
    with: 'ليلى منصور',
    handle: 'layla',
    agoMs: 1.4 * DAY,
    count: 64,
    texts: MORE_LANGUAGES.slice(3, 5),
    ending: [
      'سنلتقي عند المحطة الساعة الثامنة، وأنا أحضر المفتاح والخبز.',
      '!ممتاز، شكراً',
      'مع السلامة، see you at 8 https://example.org/ok',
    ],
  },
  {
    with: 'Selma Brandt',
    handle: 'selma',
    agoMs: 1.8 * DAY,
    count: 150,
    texts: [...CHATTER, ...MORE_LANGUAGES],
    isVerified: true,
  },
  { with: '山本 葵', handle: 'aoi', agoMs: 5.8 * DAY, count: 44, texts: MORE_LANGUAGES.slice(5, 7) },
  { with: 'Dmitri Volkov', handle: 'dmitri', agoMs: 3.1 * DAY, count: 33 },
  { with: 'Elif Sahin', agoMs: 4.4 * DAY, count: 90, ending: ['Perfect, thank you'] },
  { with: 'Reading, Thursdays', agoMs: 5.2 * DAY, count: 300, members: ['Milo Brenner', 'Amara Mensah', 'Elif Sahin'] },
  { with: 'Priya Raman', handle: 'priya', agoMs: 6.5 * DAY, count: 12, state: 'waiting' },
  { with: 'Bruno Keller', agoMs: 20 * DAY, count: 8, state: 'blocked' },
  {
    with: 'A very long name that goes on and on until it is cut off somewhere near the time',
    agoMs: 40 * DAY,
    count: 20,
    texts: [LONG_TEXT, ...CHATTER],
  },
  {
    with: 'Tomasz',
    handle: 'tomasz_w',
    agoMs: 30 * 60_000,
    count: 1,
    unread: 1,
    state: 'requested',
    ending: [
      'Hello, this is Tomasz from the mill. Noor gave me your handle because of the apples. Is tomorrow at four all right?',
    ],
  },
  {
    with: 'Casey',
    handle: 'casey',
    agoMs: 3 * HOUR,
    count: 2,
    unread: 2,
    state: 'requested',
    ending: ['Hi', 'Is this still the right account for the bicycle?'],
  },
  {
    // Signs that turn the reading direction, and are never closed.
    with: 'Eve Ash\u202E',
    handle: 'eve',
    agoMs: 41 * DAY,
    count: 6,
    ending: [
      'The file is \u202Egpj.exe',
      '\u2069\u202Ehttps://example.org/a',
      '!\u2067mine\u2069\u2069\u202E too',
      'last \u202E one',
    ],
  },
];

const digits = (seed: number): string => {
  const random = createRandom(seed);
  return Array.from({ length: 60 }, () => Math.floor(random() * 10)).join('');
};

/** The world of one fake account: deterministic but for the time of day, which hangs on `nowMs`. */
export const createWorld = (name: string, nowMs: number, seed = 7): FakeWorld => {
  const random = createRandom(seed);
  const personOf = (known: string): Person => ({ accountId: hex(random, 32) as AccountId, name: known });
  // To others one has another colour than on one's own device: its first byte is another one's than a vault id's.
  const me: Person = { ...personOf(name), accountId: 'e7'.repeat(32) as AccountId };
  const people = new Map<string, Person>();
  const person = (known: string): Person => {
    const found = people.get(known) ?? personOf(known);
    people.set(known, found);
    return found;
  };

  const contacts: FakeWorld['contacts'] = new Map();
  const conversations: FakeWorld['conversations'] = new Map();

  SKETCHES.forEach((sketch, index) => {
    const conversationId = hex(random, 16) as ConversationId;
    const isGroup = sketch.members !== undefined;
    const others = sketch.members?.map(person) ?? [person(sketch.with)];
    const messages = makeHistory({
      conversationId,
      me,
      others,
      count: sketch.count,
      lastAtMs: nowMs - sketch.agoMs,
      seed: seed * 100 + index,
      ...(sketch.texts === undefined ? {} : { texts: sketch.texts }),
      ...(sketch.ending === undefined ? {} : { ending: sketch.ending }),
    });
    conversations.set(conversationId, {
      conversationId,
      kind: isGroup ? 'group' : 'direct',
      title: sketch.with,
      peer: isGroup ? undefined : others[0]!.accountId,
      state: sketch.state ?? 'active',
      messages,
      readUpTo: positionOf(sketch.count - 1 - (sketch.unread ?? 0)),
      draft: sketch.draft ?? '',
    });
    if (isGroup || sketch.state === 'requested') return;
    contacts.set(others[0]!.accountId, {
      accountId: others[0]!.accountId,
      name: sketch.with,
      givenName: undefined,
      profileName: sketch.with,
      handle: sketch.handle,
      note: sketch.note ?? '',
      isBlocked: sketch.state === 'blocked',
      isVerified: sketch.isVerified ?? false,
      addedAtMs: nowMs - 300 * DAY,
      safetyNumber: digits(index + 1),
      conversationId,
    });
  });

  dressUp(conversations);
  return { me, contacts, conversations };
};

/** The states that a history seldom shows by itself, each once. */
const dressUp = (conversations: FakeWorld['conversations']): void => {
  const byTitle = (title: string) => [...conversations.values()].find((one) => one.title === title)!;
  const change = (title: string, fromEnd: number, part: Partial<Message>) => {
    const { messages } = byTitle(title);
    const index = messages.length - fromEnd;
    messages[index] = { ...messages[index]!, ...part };
  };
  change('Jonas Thelen', 1, { delivery: 'at-relay' });
  change('Wen Okafor', 1, { delivery: 'failed', failure: 'expired' });
  change('Lucía Paredes', 1, { delivery: 'stored' });
  change('Selma Brandt', 6, { body: { kind: 'unknown' } });
  change('Selma Brandt', 12, { body: { kind: 'notice', notice: 'new-device' } });
  change('Selma Brandt', 20, { body: { kind: 'notice', notice: 'messages-missing' } });
  change('Dmitri Volkov', 1, { body: { kind: 'notice', notice: 'new-device' } });
  const first = byTitle('Elif Sahin').messages;
  first[0] = { ...first[0]!, body: { kind: 'notice', notice: 'conversation-started' } };
  const late = byTitle('Amara Mensah').messages;
  const index = late.findLastIndex(({ author }) => !author.isMe);
  late[index] = { ...late[index]!, sentEarlierAtMs: late[index]!.shownAtMs - 9 * HOUR };
};

export const messageIdOf = (seed: number): MessageId => hex(createRandom(seed), 16) as MessageId;
