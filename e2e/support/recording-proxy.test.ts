import { expect, test } from 'vitest';
import { divide } from './recording-proxy.ts';

const HEAD = 'GET /v1/socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('what a client masks is read all the same, short and long', () => {
  for (const text of ['heron', 'heron '.repeat(40), 'heron '.repeat(20_000)]) {
    const mask = Buffer.of(7, 99, 0, 201);
    const body = Buffer.from(text).map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    const length = Buffer.alloc(text.length < 126 ? 0 : text.length < 65_536 ? 2 : 8);
    if (length.length === 2) length.writeUInt16BE(text.length);
    if (length.length === 8) length.writeBigUInt64BE(BigInt(text.length));
    const short = text.length < 126 ? text.length : length.length === 2 ? 126 : 127;
    const frame = Buffer.concat([Buffer.of(0x82, 0x80 | short), length, mask, body]);
    const { http, messages } = divide(Buffer.concat([Buffer.from(HEAD), frame, frame]));
    expect(http.toString()).toBe(HEAD);
    expect(messages.toString()).toBe(text + text);
  }
});

test('a connection that is not upgraded is HTTP to its end', () => {
  const stream = Buffer.from('POST /v1/hello HTTP/1.1\r\ncontent-length: 5\r\n\r\nheron');
  expect(divide(stream)).toEqual({ http: stream, messages: Buffer.alloc(0) });
});
