import { beforeEach, describe, expect, it } from 'vitest';
import type { RelaySocket } from '../sync/transport.ts';
import { RELAY_OPERATIONS } from '../wire/relay-api.ts';
import { clientFrame, serverFrame, type ServerFrame } from '../wire/relay-frames.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import { createRelaySocket, type SocketLike } from './relay-socket.ts';

class FakeSocket extends EventTarget {
  binaryType: BinaryType = 'blob';
  readyState = 0;
  readonly sent: Uint8Array[] = [];

  send(data: unknown): void {
    this.sent.push(data as Uint8Array);
  }
  close(): void {
    this.readyState = 2; // CLOSING; the relay never answers the handshake
  }
  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }
  receive(frame: ServerFrame): void {
    this.receiveBytes(encodeWith(serverFrame, frame));
  }
  receiveBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.dispatchEvent(new MessageEvent('message', { data: bytes.buffer }));
  }
  lastFrame() {
    const decoded = decodeWith(clientFrame, this.sent.at(-1)!);
    if (!decoded.ok) throw new Error('not a client frame');
    return decoded.value;
  }
}

const acknowledged = encodeWith(RELAY_OPERATIONS.acknowledge.response, {});
const offline = { ok: false, error: { tag: 'offline' } };

describe('a relay socket', () => {
  let socket: FakeSocket;
  let relay: RelaySocket;
  let told: string[];
  let timers: Set<() => void>;

  beforeEach(() => {
    socket = new FakeSocket();
    told = [];
    timers = new Set();
    const setTimer = (task: () => void) => {
      timers.add(task);
      return () => timers.delete(task);
    };
    relay = createRelaySocket(
      { socket: socket as unknown as SocketLike, setTimer },
      {
        onOpen: () => told.push('open'),
        onWake: () => told.push('wake'),
        onClose: () => told.push('close'),
      },
    );
  });

  it('answers each request by its id, in whatever order the relay answers', async () => {
    socket.open();
    const first = relay.call('acknowledge', { items: [] });
    const firstId = socket.lastFrame().id;
    const second = relay.call('fetch', { after: 3, limit: 10 });
    const secondFrame = socket.lastFrame();
    expect(secondFrame.operation).toBe('fetch');
    socket.receive({
      kind: 'response',
      id: secondFrame.id,
      body: encodeWith(RELAY_OPERATIONS.fetch.response, { items: [], more: false }),
    });
    socket.receive({ kind: 'response', id: firstId, body: acknowledged });
    expect(await second).toEqual({ ok: true, value: { items: [], more: false } });
    expect(await first).toEqual({ ok: true, value: {} });
    expect(timers.size).toBe(0);
  });

  it('hands on a refusal', async () => {
    socket.open();
    const call = relay.call('leaveGroup', { groupId: '00'.repeat(16) as never });
    socket.receive({ kind: 'error', id: socket.lastFrame().id, error: { code: 'notFound', message: 'no group' } });
    expect(await call).toEqual({
      ok: false,
      error: { tag: 'refused', error: { code: 'notFound', message: 'no group' } },
    });
  });

  it('tells when there is something to fetch', () => {
    socket.open();
    socket.receive({ kind: 'wake' });
    expect(told).toEqual(['open', 'wake']);
  });

  it('answers offline before it is open', async () => {
    expect(await relay.call('acknowledge', { items: [] })).toEqual(offline);
    expect(socket.sent).toEqual([]);
  });

  it.each<[string, (socket: FakeSocket) => void]>([
    ['the connection breaks', (it) => it.dispatchEvent(new Event('close'))],
    ['a frame is not CBOR', (it) => it.receiveBytes(Uint8Array.of(0xff))],
    ['an answer was never asked for', (it) => it.receive({ kind: 'response', id: 999, body: acknowledged })],
    ['an answer is of another shape', (it) => it.receive({ kind: 'response', id: 1, body: Uint8Array.of(1) })],
  ])('ends once, with every open request answered offline, when %s', async (_, harm) => {
    socket.open();
    const call = relay.call('acknowledge', { items: [] });
    harm(socket);
    expect(await call).toEqual(offline);
    socket.dispatchEvent(new Event('close'));
    socket.receive({ kind: 'wake' });
    expect(told).toEqual(['open', 'close']);
    expect(await relay.call('acknowledge', { items: [] })).toEqual(offline);
    expect(timers.size).toBe(0);
  });

  it('ends when an answer is overdue, so that the caller may connect anew', async () => {
    socket.open();
    const call = relay.call('acknowledge', { items: [] });
    for (const task of [...timers]) task();
    expect(await call).toEqual(offline);
    expect(told).toEqual(['open', 'close']);
  });

  it('ends when it never opens', () => {
    for (const task of [...timers]) task();
    socket.open();
    expect(told).toEqual(['close']);
  });

  it('ends at once when it is closed from this side', () => {
    socket.open();
    relay.close();
    expect(told).toEqual(['open', 'close']);
  });
});
