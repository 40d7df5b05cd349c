/**
 * A wire that keeps what goes over it: stands before the relay and passes every byte on. A browser's own report leaves out
 * the bodies of many answers that a worker fetched; from here nothing is hidden.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Place = { readonly path: string; readonly bytes: Buffer };

export interface Recorded {
  /** Heads and bodies of HTTP, as they were written. */
  readonly requests: Place;
  readonly responses: Place;
  /** What WebSocket messages carried, unmasked. */
  readonly framesSent: Place;
  readonly framesReceived: Place;
}

export interface RecordingProxy {
  readonly url: string;
  readonly recorded: () => Recorded;
  readonly stop: () => Promise<void>;
}

const HEAD_END = Buffer.from('\r\n\r\n');

export const startRecordingProxy = async (target: string): Promise<RecordingProxy> => {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const conversations: { readonly sent: Buffer[]; readonly received: Buffer[] }[] = [];
  const server = createServer((client) => {
    const relay = connect(Number(port), hostname);
    const conversation = { sent: [] as Buffer[], received: [] as Buffer[] };
    conversations.push(conversation);
    pass(client, relay, conversation.sent);
    pass(relay, client, conversation.received);
    for (const socket of [client, relay]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded: () => {
      const sent = conversations.map((conversation) => divide(Buffer.concat(conversation.sent)));
      const received = conversations.map((conversation) => divide(Buffer.concat(conversation.received)));
      const place = (path: string, parts: readonly Buffer[]): Place => ({ path, bytes: Buffer.concat(parts) });
      return {
        requests: place(
          'HTTP requests',
          sent.map(({ http }) => http),
        ),
        responses: place(
          'HTTP answers',
          received.map(({ http }) => http),
        ),
        framesSent: place(
          'frames sent',
          sent.map(({ messages }) => messages),
        ),
        framesReceived: place(
          'frames received',
          received.map(({ messages }) => messages),
        ),
      };
    },
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

const pass = (from: Socket, to: Socket, kept: Buffer[]): void => {
  from.on('data', (bytes: Buffer) => {
    kept.push(bytes);
    to.write(bytes);
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
};

/** A connection speaks HTTP until it is upgraded, and then in frames (RFC 6455 §5.2). */
export const divide = (stream: Buffer): { readonly http: Buffer; readonly messages: Buffer } => {
  const upgrade = stream.toString('latin1').search(/\r\nupgrade: websocket\r\n/i);
  if (upgrade < 0) return { http: stream, messages: Buffer.alloc(0) };
  const start = stream.indexOf(HEAD_END, upgrade) + HEAD_END.length;
  return { http: stream.subarray(0, start), messages: readFrames(stream.subarray(start)) };
};

const readFrames = (stream: Buffer): Buffer => {
  const payloads: Buffer[] = [];
  let at = 0;
  while (at + 2 <= stream.length) {
    const second = stream[at + 1] ?? 0;
    const short = second & 0x7f;
    let body = at + 2;
    let length = short;
    if (short === 126) length = stream.readUInt16BE(body);
    if (short === 127) length = Number(stream.readBigUInt64BE(body));
    body += short === 126 ? 2 : short === 127 ? 8 : 0;
    const mask = second & 0x80 ? stream.subarray(body, body + 4) : undefined;
    body += mask?.length ?? 0;
    const payload = Buffer.from(stream.subarray(body, body + length));
    if (mask) for (let index = 0; index < payload.length; index += 1) payload[index]! ^= mask[index % 4] ?? 0;
    payloads.push(payload);
    at = body + length;
  }
  return Buffer.concat(payloads);
};
