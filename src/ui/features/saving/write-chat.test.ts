import { describe, expect, it } from 'vitest';
import { err, ok } from '../../../domain/result.ts';
import type { CoreApi } from '../../../rpc/core-api.ts';
import type { Message } from '../../../rpc/dto.ts';
import type { ChatFormat } from './saved-chat.ts';
import { byMe, conversationId, someMessage } from './testing/some-messages.ts';
import { writeChat, type WritingChat } from './write-chat.ts';

/** Each message as its text, after the one that stands before it. */
const plain: ChatFormat = {
  mediaType: 'text/plain',
  extension: 'txt',
  begin: ({ count }) => `${count}:`,
  messages: (messages, before) =>
    messages.map((message, index) => `(${textOf(messages[index - 1] ?? before)})${textOf(message)}`).join(''),
  end: () => '.',
};
const textOf = (message: Message | undefined): string => (message?.body.kind === 'text' ? message.body.text : '');

/** A conversation in memory; `between` happens after each page that was read. */
const chatOf = (stored: Message[], between: (read: number) => void = () => undefined): WritingChat['api'] => {
  let read = 0;
  return {
    messages: (query: Parameters<CoreApi['messages']>[0]) => {
      const before = 'before' in query.from ? query.from.before : '~';
      const older = stored
        .filter(({ position }) => position < before)
        .sort((a, b) => (a.position < b.position ? -1 : 1));
      const messages = older.slice(-query.limit);
      between((read += 1));
      return Promise.resolve(
        ok({ messages, hasOlder: older.length > messages.length, hasNewer: false, firstUnread: undefined }),
      );
    },
  };
};

const write = async (api: WritingChat['api'], change: Partial<WritingChat> = {}) => {
  const written = await writeChat({
    api,
    conversationId,
    format: plain,
    head: {
      conversation: { conversationId, kind: 'direct', title: 'Ada' },
      me: { accountId: undefined, name: 'Bo' },
      savedAtMs: 0,
    },
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...change,
  });
  return written.ok ? written.value?.text() : written;
};

const expected = (count: number, textAt = (number: number) => `text ${number}`): string =>
  Array.from({ length: count }, (_, index) => `(${index === 0 ? '' : textAt(index)})${textAt(index + 1)}`).join('');
const messages = (count: number): Message[] => Array.from({ length: count }, (_, index) => someMessage(index + 1));

describe('a chat that is saved', () => {
  it.each([0, 1, 200, 201, 400, 20_401])('holds all of %i messages, oldest first', async (count) => {
    const seen: number[] = [];
    const text = await write(chatOf(messages(count)), { onProgress: (read) => seen.push(read) });
    expect(text).toBe(`${count}:${expected(count)}.`);
    expect(seen.at(-1)).toBe(count);
  });

  it('holds a message once that finds its place while the file is written', async () => {
    const stored = messages(450);
    stored[449] = someMessage(450, { author: byMe, delivery: 'stored' });
    const text = await write(
      chatOf(stored, (read) => {
        if (read === 1) stored[449] = someMessage(450, { author: byMe, delivery: 'at-relay', position: '000000105' });
      }),
    );
    expect(text).toBe(`450:${expected(450)}.`);
  });

  it('leaves out what comes in after its newest page was read', async () => {
    const stored = messages(250);
    const text = await write(
      chatOf(stored, (read) => {
        if (read === 1) stored.push(someMessage(251));
      }),
    );
    expect(text).toBe(`250:${expected(250)}.`);
  });

  it('ends where somebody changes their mind', async () => {
    const ending = new AbortController();
    let pages = 0;
    const api = chatOf(messages(1_000), (read) => {
      pages = read;
      if (read === 2) ending.abort();
    });
    expect(await write(api, { signal: ending.signal })).toBeUndefined();
    expect(pages).toBe(2);
  });

  it('says that the conversation is gone', async () => {
    const gone = err({ tag: 'conversation-unknown' as const });
    expect(await write({ messages: () => Promise.resolve(gone) })).toEqual(gone);
  });
});
