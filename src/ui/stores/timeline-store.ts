import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { ConversationId, MessageId } from '../../domain/ids.ts';
import type { Result } from '../../domain/result.ts';
import type { ChangeError, CoreApi, MessagesQuery, SendError, Unknown } from '../../rpc/core-api.ts';
import type { Message, Position } from '../../rpc/dto.ts';
import { adoptStored, type PendingSend, type UnansweredSend } from './pending-sends.ts';
import {
  appendPage,
  emptyWindow,
  mergeMessages,
  PAGE_ROWS,
  prependPage,
  trimNewer,
  trimOlder,
  windowOfPage,
  type TimelineWindow,
} from './timeline-window.ts';

/** Where the timeline puts the reader once the rows of a load are on screen. */
export type Target =
  | { readonly at: 'newest' }
  | { readonly at: 'unread' | 'message'; readonly messageId: MessageId }
  | { readonly at: 'place'; readonly place: Place };

/** A row and how far below the upper edge of the scroller it stood, in px. */
export type Place = { readonly key: string; readonly offset: number };

export type TimelineDeps = {
  readonly api: Pick<CoreApi, 'messages' | 'sendText' | 'retryMessage' | 'deleteMessage' | 'markRead'>;
  readonly now: () => number;
  readonly newMessageId: () => MessageId;
};

/** One open conversation: what is loaded of it, what is on its way out, and where its reader is. */
export type TimelineStore = {
  readonly conversationId: ConversationId;
  readonly window: Readonly<ShallowRef<TimelineWindow>>;
  readonly pending: Readonly<ShallowRef<readonly PendingSend[]>>;
  /** As long as nothing else is written or sent. */
  readonly unanswered: Readonly<ShallowRef<UnansweredSend | undefined>>;
  /** It was kept elsewhere, while the account was locked. */
  readonly takeUnanswered: (send: UnansweredSend | undefined) => void;
  /** What stands in the composer. */
  readonly noteWritten: (text: string) => void;
  readonly isLoaded: Readonly<ShallowRef<boolean>>;
  readonly failure: Readonly<ShallowRef<Unknown | undefined>>;
  /** The message above which the unread rule stands. */
  readonly firstUnread: Readonly<ShallowRef<MessageId | undefined>>;
  /** How many were unread when the rule was drawn; undefined when not all of them are loaded. */
  readonly unreadAtRule: Readonly<ShallowRef<number | undefined>>;
  readonly target: ShallowRef<Target | undefined>;
  readonly place: ShallowRef<Place | undefined>;
  readonly flashed: Readonly<ShallowRef<MessageId | undefined>>;
  /** Messages of others that came in while this was open, newest last; for the polite live region. */
  readonly arrived: Readonly<ShallowRef<readonly Message[]>>;
  readonly newest: ComputedRef<Message | undefined>;
  /** Stays the same from the moment a message is typed until it is read back years later. */
  readonly keyOf: (messageId: MessageId) => string;
  readonly open: () => Promise<void>;
  readonly loadOlder: (mayTrim: boolean, reading: number) => Promise<void>;
  readonly loadNewer: (reading: number) => Promise<void>;
  readonly trim: (reading: number) => void;
  readonly toNewest: () => Promise<void>;
  readonly jumpTo: (messageId: MessageId) => Promise<void>;
  readonly send: (text: string) => Promise<Result<Message, SendError>>;
  readonly retry: (messageId: MessageId) => Promise<Result<Message, ChangeError>>;
  readonly remove: (messageId: MessageId) => Promise<Result<void, ChangeError>>;
  readonly markRead: (upTo: Position) => void;
  readonly clearUnreadRule: () => void;
  readonly receive: (changed: readonly Message[], deleted: readonly MessageId[], isWatched: boolean) => void;
  /** Reads the loaded part again: after events may have been missed. */
  readonly refresh: () => Promise<void>;
};

export const createTimelineStore = (
  { api, now, newMessageId }: TimelineDeps,
  conversationId: ConversationId,
): TimelineStore => {
  const window = shallowRef<TimelineWindow>(emptyWindow);
  const pending = shallowRef<readonly PendingSend[]>([]);
  const unanswered = shallowRef<UnansweredSend>();
  const isLoaded = shallowRef(false);
  const failure = shallowRef<Unknown>();
  const firstUnread = shallowRef<MessageId>();
  const unreadAtRule = shallowRef<number>();
  const target = shallowRef<Target>();
  const place = shallowRef<Place>();
  const flashed = shallowRef<MessageId>();
  const arrived = shallowRef<readonly Message[]>([]);
  const keys = new Map<MessageId, string>();

  let run = 0; // every load carries the run it was made for: an older answer never lands in a newer window
  let isBusy = false;
  let sendCount = 0;
  let readUpTo: Position = '';

  const isKnown = (messageId: MessageId) =>
    window.value.messages.some((message) => message.messageId === messageId) || keys.has(messageId);
  const indexOf = (messageId: MessageId) =>
    window.value.messages.findIndex((message) => message.messageId === messageId);

  const read = (from: MessagesQuery['from'], limit: number) => api.messages({ conversationId, from, limit });

  const whileBusy = async <T>(mine: number, load: Promise<T>): Promise<T> => {
    isBusy = true;
    try {
      return await load;
    } finally {
      if (mine === run) isBusy = false;
    }
  };

  /** Replaces the window; `aim` says where the reader lands. */
  const replace = async (
    from: MessagesQuery['from'],
    aim: (unread: MessageId | undefined) => Target,
  ): Promise<boolean> => {
    run += 1;
    const mine = run;
    const page = await whileBusy(mine, read(from, 2 * PAGE_ROWS));
    if (mine !== run) return false;
    failure.value = page.ok ? undefined : page.error;
    if (!page.ok) return false;
    target.value = aim(page.value.firstUnread);
    window.value = windowOfPage(page.value);
    isLoaded.value = true;
    return true;
  };

  const drawRule = (messageId: MessageId | undefined) => {
    firstUnread.value = messageId;
    const { messages, hasNewer } = window.value;
    const from = messages.findIndex((message) => message.messageId === messageId);
    const theirs = messages.slice(from).filter(({ author }) => !author.isMe);
    unreadAtRule.value = from < 0 || hasNewer ? undefined : theirs.length;
  };

  const open = async () => {
    let unread: MessageId | undefined;
    const isRead = await replace({ at: 'unread' }, (found) => {
      unread = found;
      return found === undefined ? { at: 'newest' } : { at: 'unread', messageId: found };
    });
    if (isRead) drawRule(unread);
  };

  /** Runs one load at an end of the window; `take` gets the page and the window of that moment. */
  const extend = async (from: MessagesQuery['from'], take: (page: Parameters<typeof prependPage>[1]) => void) => {
    if (isBusy) return;
    const mine = run;
    const page = await whileBusy(mine, read(from, PAGE_ROWS));
    if (mine === run && page.ok) take(page.value);
  };

  const loadOlder = async (mayTrim: boolean, reading: number) => {
    const first = window.value.messages[0];
    if (first === undefined || !window.value.hasOlder) return;
    await extend({ before: first.position }, (page) => {
      const longer = prependPage(window.value, page);
      const added = longer.messages.length - window.value.messages.length;
      window.value = mayTrim ? trimNewer(longer, reading + added) : longer;
    });
  };

  const loadNewer = async (reading: number) => {
    const last = window.value.messages.at(-1);
    if (last === undefined || !window.value.hasNewer) return;
    await extend({ after: last.position }, (page) => {
      window.value = trimOlder(appendPage(window.value, page), reading);
    });
  };

  const toNewest = async () => {
    if (window.value.hasNewer) await replace({ at: 'newest' }, () => ({ at: 'newest' }));
    else target.value = { at: 'newest' };
  };

  const jumpTo = async (messageId: MessageId) => {
    const aim = (): Target => ({ at: 'message', messageId });
    if (indexOf(messageId) >= 0) target.value = aim();
    else if (!(await replace({ around: messageId }, aim))) return;
    flashed.value = undefined;
    await Promise.resolve();
    flashed.value = messageId;
  };

  const sendAs = async (messageId: MessageId, text: string) => {
    if (window.value.hasNewer) await replace({ at: 'newest' }, () => ({ at: 'newest' }));
    sendCount += 1;
    const key = `sent-${sendCount}`;
    firstUnread.value = undefined;
    pending.value = [...pending.value, { key, text, atMs: now() }];
    target.value = { at: 'newest' };
    const forget = () => {
      pending.value = pending.value.filter((other) => other.key !== key);
    };
    const sent = await api.sendText({ conversationId, text, messageId }).catch((fault: unknown) => {
      forget();
      throw fault;
    });
    forget();
    // An event may have brought it already, and further on its way than this answer says.
    if (sent.ok && !isKnown(sent.value.messageId)) {
      keys.set(sent.value.messageId, key);
      window.value = mergeMessages(window.value, [sent.value]);
    }
    return sent;
  };

  const send = async (text: string) => {
    const messageId = unanswered.value?.text === text ? unanswered.value.messageId : newMessageId();
    unanswered.value = undefined;
    try {
      return await sendAs(messageId, text);
    } catch (fault) {
      unanswered.value = { text, messageId };
      throw fault;
    }
  };
  /** What was deleted is not sent again: it would be a new message. */
  const forgetUnanswered = (deleted: readonly MessageId[]) => {
    if (unanswered.value && deleted.includes(unanswered.value.messageId)) unanswered.value = undefined;
  };

  const receive: TimelineStore['receive'] = (changed, deleted, isWatched) => {
    const fresh = changed.filter((message) => !isKnown(message.messageId));
    const adoption = adoptStored(pending.value, changed, isKnown);
    for (const { key, messageId } of adoption.adopted) keys.set(messageId, key);
    pending.value = adoption.pending;
    window.value = mergeMessages(window.value, changed, deleted);
    forgetUnanswered(deleted);
    const theirs = fresh.filter((message) => !message.author.isMe && message.body.kind !== 'notice');
    if (theirs.length === 0) return;
    arrived.value = theirs;
    if (!isWatched) drawRule(firstUnread.value ?? theirs[0]?.messageId);
  };

  const refresh = async () => {
    const first = window.value.messages[0];
    if (first === undefined || window.value.hasNewer) return;
    const mine = run;
    const page = await read({ at: 'newest' }, PAGE_ROWS);
    if (mine !== run || !page.ok) return;
    const last = window.value.messages.at(-1);
    const joins = page.value.messages.some((message) => message.messageId === last?.messageId);
    if (joins || !page.value.hasOlder) receive(page.value.messages, [], false);
    else window.value = { ...window.value, hasNewer: true };
  };

  return {
    conversationId,
    window,
    pending,
    unanswered,
    takeUnanswered: (send) => {
      unanswered.value = send;
    },
    noteWritten: (text) => {
      if (text.trim() !== unanswered.value?.text) unanswered.value = undefined;
    },
    isLoaded,
    failure,
    firstUnread,
    unreadAtRule,
    target,
    place,
    flashed,
    arrived,
    newest: computed(() => (window.value.hasNewer ? undefined : window.value.messages.at(-1))),
    keyOf: (messageId) => keys.get(messageId) ?? messageId,
    open,
    loadOlder,
    loadNewer,
    trim: (reading) => {
      window.value = trimNewer(window.value, reading);
    },
    toNewest,
    jumpTo,
    send,
    retry: async (messageId) => {
      const retried = await api.retryMessage({ messageId });
      if (retried.ok) window.value = mergeMessages(window.value, [retried.value]);
      return retried;
    },
    remove: async (messageId) => {
      const removed = await api.deleteMessage({ messageId });
      if (removed.ok) {
        window.value = mergeMessages(window.value, [], [messageId]);
        forgetUnanswered([messageId]);
      }
      return removed;
    },
    markRead: (upTo) => {
      if (upTo <= readUpTo) return;
      readUpTo = upTo;
      void api.markRead({ conversationId, upTo });
    },
    clearUnreadRule: () => {
      firstUnread.value = undefined;
    },
    receive,
    refresh,
  };
};
