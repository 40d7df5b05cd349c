import type { AccountId, ConversationId, MessageId, VaultId } from '../../domain/ids.ts';
import { LIMITS } from '../../domain/limits.ts';
import { err, ok } from '../../domain/result.ts';
import type { CoreApi, CoreClient, CoreEvent, UnlockError } from '../../rpc/core-api.ts';
import { RPC_VERSION } from '../../rpc/core-api.ts';
import type {
  AccountSummary,
  Connection,
  Contact,
  ConversationSummary,
  FoundPerson,
  KeyRenewal,
  Me,
  Message,
  OlderCopy,
  Settings,
  StorageInfo,
} from '../../rpc/dto.ts';
import { CHATTER, createRandom, hex, pick, positionOf } from './histories.ts';
import { createWorld, messageIdOf, type FakeConversation, type FakeWorld } from './world.ts';

export type FakeCoreOptions = {
  readonly now?: () => number;
  readonly accounts?: readonly AccountSummary[];
  /** The account that is open from the start, as if joined from another window. */
  readonly openAccount?: VaultId;
  /** Every answer takes this long. */
  readonly delayMs?: number;
  readonly connection?: Connection;
  readonly layer?: StorageInfo['layer'];
  /** Storage in which accounts may rest was not read. */
  readonly isListWhole?: boolean;
  readonly olderCopy?: OlderCopy;
  readonly keyRenewal?: KeyRenewal;
  /** The tag that these methods answer instead of working. */
  readonly failing?: Readonly<Partial<Record<keyof CoreApi, string>>>;
  /** Nobody has written yet. */
  readonly isEmpty?: boolean;
  /** People answer what is written to them. */
  readonly isLively?: boolean;
};

/** A core in memory for tests, pictures and work on the page. What the page may do with it, tests do by hand. */
export type FakeCore = CoreClient & {
  readonly world: () => FakeWorld;
  readonly emit: (event: CoreEvent) => void;
  readonly conversationTitled: (title: string) => ConversationId;
  /** Somebody writes; answers what was written. */
  readonly receive: (conversationId: ConversationId, text: string) => Message;
  readonly setConnection: (connection: Connection) => void;
};

export const PASSWORD = 'correct horse battery';

export const someAccounts: readonly AccountSummary[] = [
  { vaultId: '1a00000000000000000000000000c0de' as VaultId, label: 'Mara Lindt', state: 'locked' },
  { vaultId: '2b9f4e81d03c6a57e2b9f4e81d03c6a5' as VaultId, label: undefined, state: 'locked' },
  { vaultId: '3c4e00000000000000000000000000bb' as VaultId, label: 'Work', state: 'damaged' },
  { vaultId: '4d5d00000000000000000000000000cc' as VaultId, label: 'Old phone', state: 'evicted' },
  { vaultId: '549c1fd27a40b8e36f9c1fd27a40b8e3' as VaultId, label: undefined, state: 'locked' },
];

/** A password that is written like a failure brings that failure: so that each sentence can be seen. */
const UNLOCK_FAILURES: readonly UnlockError['tag'][] = [
  'header-damaged',
  'header-missing',
  'header-forged',
  'older-header',
  'database-damaged',
  'database-missing',
  'newer-version',
  'open-elsewhere',
  'storage-taken',
  'storage-unavailable',
  'storage-full',
];

const folded = (text: string) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

export const createFakeCore = (options: FakeCoreOptions = {}): FakeCore => {
  const { now = Date.now, delayMs = 0, failing = {}, isEmpty = false, isLively = false } = options;
  const random = createRandom(now() % 100_000);
  const listeners = new Set<(event: CoreEvent) => void>();
  let accounts: readonly AccountSummary[] = options.accounts ?? someAccounts;
  let open: VaultId | undefined;
  let world: FakeWorld | undefined;
  let name = 'Mara Lindt';
  let handle: string | undefined = 'mara';
  let connection: Connection = options.connection ?? { state: 'online', waitingCount: 0 };
  let settings: Settings = { enterSends: true, autoLockMinutes: 15 };
  let olderCopy = options.olderCopy;
  let keyRenewal = options.keyRenewal ?? { movedShare: undefined, problem: undefined, orderedAtMs: undefined };
  let sent = 0;

  const emit = (event: CoreEvent) => {
    for (const listener of listeners) listener(event);
  };
  const here = (): FakeWorld => {
    if (world === undefined) throw new Error('no account is open');
    return world;
  };
  const me = (): Me => ({ accountId: here().me.accountId, name, handle, ...(olderCopy && { olderCopy }) });
  const enter = (vaultId: VaultId) => {
    open = vaultId;
    world = createWorld(name, now());
    if (isEmpty) {
      world.contacts.clear();
      world.conversations.clear();
    }
  };
  const conversationOf = (conversationId: ConversationId) => here().conversations.get(conversationId);
  const conversationWith = (messageId: MessageId) =>
    [...here().conversations.values()].find(({ messages }) => messages.some((one) => one.messageId === messageId));

  const previewOf = ({ body, author }: Message, isGroup: boolean): string => {
    if (body.kind !== 'text') return body.kind === 'notice' ? 'A new device joined' : 'A message of a newer version';
    const prefix = isGroup && !author.isMe ? `${author.name.split(' ')[0]!}: ` : '';
    return prefix + body.text.replaceAll(/\s+/gu, ' ');
  };
  const summaryOf = (conversation: FakeConversation): ConversationSummary => {
    const { conversationId, kind, peer, state, messages, readUpTo, draft } = conversation;
    const last = messages.at(-1);
    const contact = peer === undefined ? undefined : here().contacts.get(peer);
    return {
      conversationId,
      kind,
      title: contact?.name ?? conversation.title,
      peer,
      state: contact?.isBlocked === true ? 'blocked' : state === 'blocked' ? 'active' : state,
      last:
        last === undefined
          ? undefined
          : {
              preview: previewOf(last, kind === 'group'),
              atMs: last.shownAtMs,
              isMine: last.author.isMe,
              delivery: last.delivery,
            },
      sortAtMs: last?.shownAtMs ?? now(),
      unreadCount: messages.filter(({ position, author }) => position > readUpTo && !author.isMe).length,
      draft,
    };
  };
  const tellSummary = (conversation: FakeConversation) =>
    emit({ type: 'conversations', changed: [summaryOf(conversation)] });
  const summaries = (isWanted: (summary: ConversationSummary) => boolean) =>
    [...here().conversations.values()]
      .map(summaryOf)
      .filter(isWanted)
      .sort((a, b) => b.sortAtMs - a.sortAtMs);

  const put = (conversation: FakeConversation, message: Message) => {
    const index = conversation.messages.findIndex((one) => one.messageId === message.messageId);
    if (index < 0) conversation.messages.push(message);
    else conversation.messages[index] = message;
    emit({ type: 'messages', conversationId: conversation.conversationId, changed: [message], deleted: [] });
    tellSummary(conversation);
  };
  const newMessage = (conversation: FakeConversation, text: string, isMe: boolean): Message => {
    sent += 1;
    const peer = conversation.peer ?? [...here().contacts.keys()][0]!;
    const author = isMe ? here().me : { accountId: peer, name: conversation.title };
    return {
      messageId: messageIdOf(5_000_000 + sent),
      conversationId: conversation.conversationId,
      position: positionOf(20_000 + sent),
      author: { isMe, accountId: author.accountId, name: author.name },
      body: { kind: 'text', text },
      shownAtMs: now(),
      sentEarlierAtMs: undefined,
      delivery: isMe ? 'stored' : undefined,
      failure: undefined,
    };
  };
  const receive: FakeCore['receive'] = (conversationId, text) => {
    const conversation = conversationOf(conversationId)!;
    const message = newMessage(conversation, text, false);
    put(conversation, message);
    return message;
  };
  const travel = (conversation: FakeConversation, message: Message) => {
    if (connection.state !== 'online') {
      connection = { ...connection, waitingCount: connection.waitingCount + 1 };
      emit({ type: 'connection', connection });
      return;
    }
    setTimeout(() => put(conversation, { ...message, delivery: 'at-relay' }), 250 + delayMs);
    setTimeout(() => put(conversation, { ...message, delivery: 'on-device' }), 800 + delayMs);
    if (isLively && conversation.peer !== undefined)
      setTimeout(() => receive(conversation.conversationId, pick(random, CHATTER)), 2_500);
  };

  const startWith = (accountId: AccountId, given: string | undefined): ConversationSummary => {
    const known = here().contacts.get(accountId);
    const existing = [...here().conversations.values()].find(({ peer }) => peer === accountId);
    if (existing !== undefined) return summaryOf(existing);
    const title = given ?? known?.name ?? 'New contact';
    const conversation: FakeConversation = {
      conversationId: hex(random, 16) as ConversationId,
      kind: 'direct',
      title,
      peer: accountId,
      state: 'waiting',
      messages: [],
      readUpTo: '',
      draft: '',
    };
    here().conversations.set(conversation.conversationId, conversation);
    here().contacts.set(accountId, {
      ...(known ?? strangerAsContact(accountId, title)),
      conversationId: conversation.conversationId,
    });
    emit({ type: 'contacts', changed: [accountId] });
    return summaryOf(conversation);
  };
  const strangerAsContact = (accountId: AccountId, title: string): Contact => ({
    accountId,
    name: title,
    givenName: title,
    profileName: undefined,
    handle: undefined,
    note: '',
    isBlocked: false,
    isVerified: false,
    addedAtMs: now(),
    safetyNumber: '407181190673352088416229755013916402778500131447209938156620',
    conversationId: undefined,
  });
  const changeContact = (accountId: AccountId, change: Partial<Contact>) => {
    const contact = here().contacts.get(accountId);
    if (contact === undefined) return err({ tag: 'contact-unknown' } as const);
    const next = { ...contact, ...change };
    here().contacts.set(accountId, next);
    emit({ type: 'contacts', changed: [accountId] });
    const conversation = next.conversationId === undefined ? undefined : conversationOf(next.conversationId);
    if (conversation !== undefined) tellSummary(conversation);
    return ok(next);
  };

  const real: CoreApi = {
    rpcVersion: async () => RPC_VERSION,
    accounts: async () => accounts,
    storageKind: async () => options.layer ?? 'opfs',
    isListWhole: async () => options.isListWhole ?? true,
    createAccount: async (input) => {
      if (input.name.length > LIMITS.nameGraphemes) return err({ tag: 'name-too-long' });
      const vaultId = hex(random, 16) as VaultId;
      ({ name } = input);
      ({ handle } = input);
      const label = input.showNameWhenLocked ? name : undefined;
      accounts = [...accounts, { vaultId, label, state: 'locked' }];
      enter(vaultId);
      return ok({ vaultId });
    },
    unlock: async ({ vaultId, password }) => {
      const failure = UNLOCK_FAILURES.find((tag) => tag === password);
      if (failure !== undefined) return err({ tag: failure });
      if (!accounts.some((account) => account.vaultId === vaultId)) return err({ tag: 'account-unknown' });
      if (password !== PASSWORD) return err({ tag: 'wrong-password' });
      enter(vaultId);
      return ok(me());
    },
    removeAccount: async ({ vaultId }) => {
      accounts = accounts.filter((account) => account.vaultId !== vaultId);
      return ok(undefined);
    },
    me: async () => me(),
    connection: async () => connection,
    conversations: async ({ limit, after }) => {
      const all = summaries(({ state }) => state !== 'requested');
      const start = after === undefined ? 0 : all.findIndex(({ conversationId }) => conversationId === after) + 1;
      return all.slice(start, start + limit);
    },
    requests: async () => summaries(({ state }) => state === 'requested'),
    conversation: async ({ conversationId }) => {
      const found = conversationOf(conversationId);
      return found === undefined ? err({ tag: 'conversation-unknown' }) : ok(summaryOf(found));
    },
    acceptRequest: async ({ conversationId }) => {
      const found = conversationOf(conversationId);
      if (found === undefined) return err({ tag: 'conversation-unknown' });
      found.state = 'active';
      if (found.peer !== undefined)
        here().contacts.set(found.peer, { ...strangerAsContact(found.peer, found.title), conversationId });
      emit({ type: 'contacts', changed: [] });
      return ok(summaryOf(found));
    },
    declineRequest: async ({ conversationId, block }) => {
      const { peer, title } = conversationOf(conversationId) ?? {};
      here().conversations.delete(conversationId);
      if (peer === undefined || title === undefined) return err({ tag: 'conversation-unknown' });
      if (block) here().contacts.set(peer, { ...strangerAsContact(peer, title), isBlocked: true });
      emit({ type: 'contacts', changed: [peer] });
      return ok(undefined);
    },
    messages: async ({ conversationId, from, limit }) => {
      const found = conversationOf(conversationId);
      if (found === undefined) return err({ tag: 'conversation-unknown' });
      const all = found.messages;
      const unread = all.find(({ position, author }) => position > found.readUpTo && !author.isMe);
      const page = (start: number, end: number) => {
        const low = Math.max(0, start);
        const high = Math.min(all.length, end);
        return ok({
          messages: all.slice(low, high),
          hasOlder: low > 0,
          hasNewer: high < all.length,
          firstUnread: unread?.messageId,
        });
      };
      const around = (index: number) => page(index - Math.floor(limit / 2), index + Math.ceil(limit / 2));
      if ('before' in from) {
        const end = all.findIndex(({ position }) => position >= from.before);
        return page(end - limit, end);
      }
      if ('after' in from) {
        const start = all.findLastIndex(({ position }) => position <= from.after) + 1;
        return page(start, start + limit);
      }
      if ('around' in from) {
        const index = all.findIndex(({ messageId }) => messageId === from.around);
        return index < 0 ? err({ tag: 'message-unknown' }) : around(index);
      }
      return from.at === 'unread' && unread !== undefined
        ? around(all.indexOf(unread))
        : page(all.length - limit, all.length);
    },
    sendText: async ({ conversationId, text }) => {
      const found = conversationOf(conversationId);
      if (found === undefined) return err({ tag: 'conversation-unknown' });
      if (new TextEncoder().encode(text).length > LIMITS.textBytes) return err({ tag: 'text-too-long' });
      const message = newMessage(found, text, true);
      found.draft = '';
      put(found, message);
      travel(found, message);
      return ok(message);
    },
    retryMessage: async ({ messageId }) => {
      const found = conversationWith(messageId);
      const message = found?.messages.find((one) => one.messageId === messageId);
      if (found === undefined || message === undefined) return err({ tag: 'message-unknown' });
      const again: Message = { ...message, delivery: 'stored', failure: undefined };
      put(found, again);
      travel(found, again);
      return ok(again);
    },
    deleteMessage: async ({ messageId }) => {
      const found = conversationWith(messageId);
      if (found === undefined) return err({ tag: 'message-unknown' });
      found.messages = found.messages.filter((one) => one.messageId !== messageId);
      emit({ type: 'messages', conversationId: found.conversationId, changed: [], deleted: [messageId] });
      tellSummary(found);
      return ok(undefined);
    },
    markRead: async ({ conversationId, upTo }) => {
      const found = conversationOf(conversationId);
      if (found === undefined || found.readUpTo >= upTo) return;
      found.readUpTo = upTo;
      tellSummary(found);
    },
    setDraft: async ({ conversationId, text }) => {
      const found = conversationOf(conversationId);
      if (found === undefined) return;
      found.draft = text;
      tellSummary(found);
    },
    search: async ({ query, conversationId, after, limit, order }) => {
      const wanted = folded(query);
      /** The less else a message says, the better it answers. */
      const length = ({ body }: Message) => (order === 'best' && body.kind === 'text' ? body.text.length : 0);
      const hits = [...here().conversations.values()]
        .filter((one) => conversationId === undefined || one.conversationId === conversationId)
        .flatMap((one) => one.messages.map((message) => ({ message, title: one.title })))
        .filter(({ message }) => message.body.kind === 'text' && folded(message.body.text).includes(wanted))
        .sort((a, b) => length(a.message) - length(b.message) || b.message.shownAtMs - a.message.shownAtMs);
      const start = after === undefined ? 0 : hits.findIndex(({ message }) => message.messageId === after) + 1;
      const end = order === 'best' ? LIMITS.rankedMessages : Infinity;
      return hits.slice(start, Math.min(start + limit, end)).map(({ message, title }) => {
        const text = message.body.kind === 'text' ? message.body.text : '';
        const at = folded(text).indexOf(wanted);
        const from = Math.max(0, at - 30);
        return {
          message,
          conversationTitle: title,
          snippet: [
            (from > 0 ? '…' : '') + text.slice(from, at),
            text.slice(at, at + query.length),
            text.slice(at + query.length, at + query.length + 80),
          ],
        };
      });
    },
    findByHandle: async ({ handle: wanted }) => {
      if (!LIMITS.handlePattern.test(wanted)) return err({ tag: 'handle-invalid' });
      if (connection.state !== 'online') return err({ tag: 'offline' });
      const contact = [...here().contacts.values()].find((one) => one.handle === wanted);
      const isMe = wanted === handle;
      if (contact === undefined && !isMe && wanted !== 'ada') return err({ tag: 'not-found' });
      const accountId = contact?.accountId ?? (isMe ? here().me.accountId : ('ad'.repeat(32) as AccountId));
      return ok({ accountId, handle: wanted, isMe, isContact: contact !== undefined });
    },
    startConversation: async ({ accountId, name: given }) => ok(startWith(accountId, given)),
    createInvite: async () =>
      connection.state === 'offline' && handle === undefined
        ? err({ tag: 'offline' })
        : ok({ fragment: hex(random, 60), expiresAtMs: now() + 14 * 86_400_000 }),
    readInvite: async ({ fragment }) => {
      if (fragment.length < 8) return err({ tag: 'invite-malformed' });
      if (fragment === 'my-own-invite') return err({ tag: 'invite-own' });
      const person: FoundPerson = {
        accountId: 'e5'.repeat(32) as AccountId,
        handle: 'ines',
        isMe: false,
        isContact: false,
      };
      return ok(person);
    },
    redeemInvite: async ({ name: given }) => ok(startWith('e5'.repeat(32) as AccountId, given ?? 'ines')),
    contacts: async () => [...here().contacts.values()].sort((a, b) => a.name.localeCompare(b.name)),
    contact: async ({ accountId }) => {
      const found = here().contacts.get(accountId);
      return found === undefined ? err({ tag: 'contact-unknown' }) : ok(found);
    },
    updateContact: async ({ accountId, givenName, note }) => {
      const contact = here().contacts.get(accountId);
      const shown = givenName === '' ? (contact?.profileName ?? contact?.handle ?? '?') : givenName;
      return changeContact(accountId, { givenName: givenName === '' ? undefined : givenName, note, name: shown });
    },
    setBlocked: async ({ accountId, isBlocked }) => {
      const changed = changeContact(accountId, { isBlocked });
      // Who was never let in is known as long as they are blocked.
      if (!isBlocked && changed.ok && changed.value.conversationId === undefined) here().contacts.delete(accountId);
      return changed;
    },
    noteOlderCopyRead: async () => {
      if (olderCopy !== undefined) olderCopy = { ...olderCopy, isRead: true };
      emit({ type: 'me', me: me() });
      return ok(me());
    },
    setName: async ({ name: wanted }) => {
      if (wanted === '') return err({ tag: 'name-empty' });
      if (wanted.length > LIMITS.nameGraphemes) return err({ tag: 'name-too-long' });
      name = wanted;
      return ok(me());
    },
    claimHandle: async ({ handle: wanted }) => {
      if (wanted === 'noor') return err({ tag: 'handle-taken' });
      handle = wanted;
      return ok(me());
    },
    changePassword: async ({ current, next }) => {
      if (current !== PASSWORD) return err({ tag: 'wrong-password' });
      return next.length < LIMITS.passwordLength ? err({ tag: 'password-too-short' }) : ok(undefined);
    },
    keyRenewal: async () => keyRenewal,
    renewKey: async ({ password }) => {
      if (password !== PASSWORD) return err({ tag: 'wrong-password' });
      const move = (movedShare: number | undefined) => {
        keyRenewal = { movedShare, problem: undefined, orderedAtMs: now() };
        emit({ type: 'key-renewal', renewal: keyRenewal });
        if (movedShare !== undefined) setTimeout(() => move(movedShare < 0.9 ? movedShare + 0.25 : undefined), 150);
      };
      move(0);
      return ok(keyRenewal);
    },
    settings: async () => settings,
    changeSettings: async (change) => {
      settings = { ...settings, ...change };
      return ok(settings);
    },
    storageInfo: async () => ({
      databaseBytes: 18_400_000,
      messageCount: [...here().conversations.values()].reduce((sum, { messages }) => sum + messages.length, 0),
      freedBytes: 0,
      spareBytes: 2_900_000,
      roomBytes: 12_000_000_000,
      layer: options.layer ?? 'opfs',
      isPersisted: true,
    }),
  };

  const pause = () => new Promise((resolve) => setTimeout(resolve, delayMs));
  const api = new Proxy(real, {
    get: (target, method: keyof CoreApi) => async (input: never) => {
      if (delayMs > 0) await pause();
      const tag = failing[method];
      if (tag !== undefined) return err({ tag });
      // Across the real boundary everything is a copy; a page that relies on shared objects would fail there only.
      return structuredClone(await (target[method] as (input: never) => Promise<unknown>)(input));
    },
  });

  const { openAccount } = options;
  if (openAccount !== undefined)
    accounts = accounts.map((one) => (one.vaultId === openAccount ? { ...one, state: 'open' } : one));

  const lock = async () => {
    const vaultId = open;
    open = undefined;
    world = undefined;
    accounts = accounts.map((account) => (account.state === 'open' ? { ...account, state: 'locked' } : account));
    if (vaultId !== undefined) emit({ type: 'locked', vaultId });
  };

  return {
    api,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    recallAccounts: async () => undefined,
    newMessageId: () => crypto.randomUUID().replaceAll('-', '') as MessageId,
    joinOpenAccount: async (vaultId) => {
      if (vaultId !== openAccount || open !== undefined) return false;
      enter(vaultId);
      return true;
    },
    lock,
    lockAll: lock,
    world: here,
    emit,
    conversationTitled: (title) =>
      [...here().conversations.values()].find((one) => one.title === title)!.conversationId,
    receive,
    setConnection: (next) => {
      connection = next;
      emit({ type: 'connection', connection });
    },
  };
};
