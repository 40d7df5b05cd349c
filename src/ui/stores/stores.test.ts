import { describe, expect, it } from 'vitest';
import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import { err, ok } from '../../domain/result.ts';
import type { CoreApi } from '../../rpc/core-api.ts';
import type { ConversationSummary, Message, MessagePage } from '../../rpc/dto.ts';
import { mergeConversations, neighbourOf } from './conversation-order.ts';
import { readPreferences } from './preferences-store.ts';
import { createTimelineStore } from './timeline-store.ts';

const conversationId = 'c0' as ConversationId;
const message = (id: string, isMe: boolean, position = id): Message => ({
  messageId: id as MessageId,
  conversationId,
  position,
  author: { isMe, accountId: 'aa' as AccountId, name: 'A' },
  body: { kind: 'text', text: `text of ${id}` },
  shownAtMs: 0,
  sentEarlierAtMs: undefined,
  delivery: isMe ? 'stored' : undefined,
  failure: undefined,
});
const emptyPage: MessagePage = { messages: [], hasOlder: false, hasNewer: false, firstUnread: undefined };

let ids = 0;
const open = async (overrides: Partial<CoreApi> = {}) => {
  const timeline = createTimelineStore(
    {
      now: () => 0,
      newMessageId: () => `id-${(ids += 1)}` as MessageId,
      api: {
        messages: async () => ok(emptyPage),
        sendText: async () => err({ tag: 'storage-full' }),
        retryMessage: async () => err({ tag: 'message-unknown' }),
        deleteMessage: async () => ok(undefined),
        markRead: async () => undefined,
        ...overrides,
      },
    },
    conversationId,
  );
  await timeline.open();
  return timeline;
};
const shown = (timeline: Awaited<ReturnType<typeof open>>) => [
  ...timeline.window.value.messages.map(({ messageId }) => timeline.keyOf(messageId)),
  ...timeline.pending.value.map(({ key }) => key),
];

describe('sending', () => {
  it('shows a message at once and keeps its row when it is stored', async () => {
    const stored = message('m1', true);
    const timeline = await open({ sendText: async () => ok(stored) });
    const sending = timeline.send('text of m1');
    expect(shown(timeline)).toEqual(['sent-1']);
    await sending;
    expect(shown(timeline)).toEqual(['sent-1']);
    expect(timeline.pending.value).toEqual([]);
  });

  it('shows it once when the event overtakes the answer, and never goes a step back', async () => {
    let answer: (message: Message) => void = () => undefined;
    const timeline = await open({
      sendText: () => new Promise((resolve) => (answer = (stored) => resolve(ok(stored)))),
    });
    const sending = timeline.send('text of m1');
    timeline.receive([{ ...message('m1', true), delivery: 'at-relay' }], [], true);
    expect(shown(timeline)).toEqual(['sent-1']);
    answer(message('m1', true));
    await sending;
    expect(shown(timeline)).toEqual(['sent-1']);
    expect(timeline.window.value.messages[0]?.delivery).toBe('at-relay');
  });

  describe('when no answer came', () => {
    let asked: (MessageId | undefined)[];
    const openSilent = async () => {
      asked = [];
      const timeline = await open({
        sendText: async ({ messageId }) => {
          asked.push(messageId);
          throw new Error('timed out');
        },
      });
      await timeline.send('hello').catch(() => undefined);
      timeline.noteWritten('hello\n'); // taken back, and not changed
      return timeline;
    };
    const sendAgain = async (timeline: Awaited<ReturnType<typeof open>>, text = 'hello') => {
      await timeline.send(text).catch(() => undefined);
      return asked.at(-1) === asked[0];
    };

    it('sends the same text under the same id as often as it takes: it may be stored, and is not shown twice', async () => {
      const timeline = await openSilent();
      expect(await sendAgain(timeline)).toBe(true);
      expect(await sendAgain(timeline)).toBe(true);
    });

    it.each<[string, (timeline: Awaited<ReturnType<typeof open>>) => unknown]>([
      ['was changed', (timeline) => timeline.noteWritten('hello you')],
      ['was thrown away and typed anew', (timeline) => timeline.noteWritten('')],
      ['arrived after all and was deleted here', (timeline) => timeline.remove(asked[0]!)],
      ['was deleted in another window', (timeline) => timeline.receive([], [asked[0]!], true)],
    ])('takes a new id for a text that %s', async (_, happen) => {
      const timeline = await openSilent();
      await happen(timeline);
      expect(await sendAgain(timeline)).toBe(false);
    });

    it('takes a new id for another text', async () => {
      expect(await sendAgain(await openSilent(), 'and another thing')).toBe(false);
    });
  });

  it('takes the row away when it could not be stored, and hands the reason on', async () => {
    const timeline = await open();
    expect(await timeline.send('x')).toEqual(err({ tag: 'storage-full' }));
    expect(shown(timeline)).toEqual([]);
  });

  it('goes to the newest messages first when the reader was far up', async () => {
    const asked: unknown[] = [];
    const timeline = await open({
      messages: async ({ from }) => {
        asked.push(from);
        return ok({ ...emptyPage, messages: [message('m1', false)], hasNewer: asked.length === 1 });
      },
    });
    await timeline.send('x');
    expect(asked).toEqual([{ at: 'unread' }, { at: 'newest' }]);
  });
});

describe('reading', () => {
  it('drops the answer to a load that a jump has overtaken', async () => {
    const waiting: ((page: MessagePage) => void)[] = [];
    const timeline = await open({
      messages: ({ from }) => {
        const page = { ...emptyPage, messages: [message('m5', false)], hasOlder: true };
        if ('before' in from) return new Promise((resolve) => waiting.push((late) => resolve(ok(late))));
        return Promise.resolve(ok('around' in from ? { ...page, messages: [message('m2', false)] } : page));
      },
    });
    const slow = timeline.loadOlder(true, 0);
    await timeline.jumpTo('m2' as MessageId);
    waiting[0]?.({ ...emptyPage, messages: [message('m4', false)] });
    await slow;
    expect(shown(timeline)).toEqual(['m2']);
    expect(timeline.flashed.value).toBe('m2');
  });

  it('draws the unread rule where the reader looked away', async () => {
    const timeline = await open();
    timeline.receive([message('m1', false)], [], true);
    expect(timeline.firstUnread.value).toBeUndefined();
    timeline.receive([message('m2', false), message('m3', false)], [], false);
    expect(timeline.firstUnread.value).toBe('m2');
  });

  it('tells the core what was read once, and never backwards', async () => {
    const marks: string[] = [];
    const timeline = await open({ markRead: async ({ upTo }) => void marks.push(upTo) });
    for (const position of ['5', '5', '3', '7']) timeline.markRead(position);
    expect(marks).toEqual(['5', '7']);
  });
});

describe('the chat list', () => {
  const chat = (id: string, sortAtMs: number, state: ConversationSummary['state'] = 'active') =>
    ({ conversationId: id as ConversationId, sortAtMs, state }) as ConversationSummary;
  const isListed = ({ state }: ConversationSummary) => state !== 'requested';
  const ids = (list: readonly ConversationSummary[]) => list.map((one) => one.conversationId).join('');

  it('moves a conversation up when it changes and takes away what left', () => {
    const list = [chat('a', 3), chat('b', 2), chat('c', 1)];
    expect(ids(mergeConversations(list, [chat('c', 9)], isListed))).toBe('cab');
    expect(ids(mergeConversations(list, [chat('b', 2, 'requested')], isListed))).toBe('ac');
    expect(mergeConversations(list, [], isListed)).toBe(list);
  });

  it('steps to the neighbour and stops at the ends', () => {
    const list = [chat('a', 3), chat('b', 2)];
    expect(neighbourOf(list, 'a', 1)?.conversationId).toBe('b');
    expect(neighbourOf(list, 'b', 1)?.conversationId).toBe('b');
    expect(neighbourOf(list, undefined, -1)?.conversationId).toBe('b');
    expect(neighbourOf([], 'a', 1)).toBeUndefined();
  });
});

describe('preferences', () => {
  it('survive a broken or foreign value', () => {
    const fallback = readPreferences(null);
    expect(readPreferences('{')).toEqual(fallback);
    expect(readPreferences('[1]')).toEqual(fallback);
    expect(readPreferences('{"theme":"dark","textSize":9}')).toEqual({ ...fallback, theme: 'dark' });
  });
});
