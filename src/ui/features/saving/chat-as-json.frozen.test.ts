import { expect, it } from 'vitest';
import { chatAsJson } from './chat-as-json.ts';
import { byMe, conversationId, someMessage } from './testing/some-messages.ts';

const AT_MS = Date.UTC(2026, 10, 26, 9, 30);

/** Programs of other people read this: it does not change, version 2 would stand beside it. */
const VERSION_1 =
  `{"format":"sotto-chat","version":1,"savedAt":"2026-11-26T09:30:00.000Z","conversation":{"id":"c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0","kind":"direct","title":"Ada \\"\\u2028"},"me":{"id":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","name":"Bo"},"count":4,"messages":[
{"id":"m1","at":"2026-11-26T09:30:00.000Z","writtenAt":"2026-11-26T09:20:00.000Z","author":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"Ada","isMe":false},"kind":"text","text":"line\\nline"},
{"id":"m2","at":"2026-11-26T09:30:00.000Z","author":{"id":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","name":"Bo","isMe":true},"kind":"text","text":"text 2","delivery":"failed","failure":"refused"},
{"id":"m3","at":"2026-11-26T09:30:00.000Z","kind":"notice","notice":"new-device"},
{"id":"m4","at":"2026-11-26T09:30:00.000Z","author":{"id":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","name":"Ada","isMe":false},"kind":"unknown"}
]}
`.replace('\\u2028', '\u2028');

it('is the file that it was in version 1', () => {
  const messages = [
    someMessage(1, { sentEarlierAtMs: AT_MS - 600_000, body: { kind: 'text', text: 'line\nline' } }),
    someMessage(2, { author: byMe, delivery: 'failed', failure: 'refused' }),
    someMessage(3, { body: { kind: 'notice', notice: 'new-device' } }),
    someMessage(4, { body: { kind: 'unknown' } }),
  ].map((message) => ({ ...message, shownAtMs: AT_MS }));
  const file = [
    chatAsJson.begin({
      conversation: { conversationId, kind: 'direct', title: 'Ada "\u2028' },
      me: { accountId: byMe.accountId, name: 'Bo' },
      savedAtMs: AT_MS,
      count: 4,
    }),
    chatAsJson.messages(messages.slice(0, 1), undefined),
    chatAsJson.messages(messages.slice(1), messages[0]),
    chatAsJson.end(),
  ].join('');
  expect(file).toBe(VERSION_1);
  expect(JSON.parse(file)).toMatchObject({ count: 4, messages: { length: 4 } });
});
