import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { DEFAULT_RATES, RATES_WITHOUT_ADDRESSES, type Rates } from './limits.ts';
import { startServer, type RelayServer, type ServerOptions } from './server.ts';
import { createTestRelay } from './testing/in-process-relay.ts';
import type { SetTimer } from '../src/domain/ports.ts';
import { clientFrame, serverFrame } from '../src/wire/relay-frames.ts';
import { decodeWith, encodeWith } from '../src/wire/schema.ts';
import { callOver, createLogin, createPerson, must, openTestSocket, overHttp } from './testing/test-client.ts';

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  timers = [];
  for (const end of cleanUp.splice(0)) await end();
});

/** Deadlines that pass when the test says so. */
let timers: { readonly task: () => void; readonly delayMs: number }[] = [];
const setTimer: SetTimer = (task, delayMs) => {
  const timer = { task, delayMs };
  timers.push(timer);
  return () => void (timers = timers.filter((other) => other !== timer));
};
const passDeadlines = (delayMs: number): void => {
  for (const timer of timers.filter((candidate) => candidate.delayMs === delayMs)) timer.task();
};

const start = async (
  options: Partial<ServerOptions> = {},
  rates: Rates = RATES_WITHOUT_ADDRESSES,
): Promise<RelayServer> => {
  const relay = createTestRelay({ rates });
  const files = async () => ({ status: 404, headers: {} }) as const;
  const server = await startServer(
    { relay, files, setTimer, log: () => {} },
    { host: '127.0.0.1', port: 0, ...options },
  );
  cleanUp.push(async () => {
    await server.close();
    await relay.close();
  });
  return server;
};

describe('behind a proxy', () => {
  const oneCall: Rates = { ...DEFAULT_RATES, requests: { burst: 1, perSecond: 0.1 } };

  it('nobody escapes the limits over HTTP by a first hop of their own', async () => {
    const { url } = await start({ trustProxy: true }, oneCall);
    const hello = async (forwarded: string) => {
      const headers = { 'content-type': 'application/cbor', 'x-forwarded-for': forwarded };
      return (await fetch(`${url}/v1/hello`, { method: 'POST', headers, body: Uint8Array.of(0xa0) })).status;
    };
    expect(await hello('10.0.0.1, 8.8.8.8')).toBe(200);
    expect(await hello('10.0.0.2, 8.8.8.8')).toBe(429);
    expect(await hello('10.0.0.1, 9.9.9.9')).toBe(200);
  });

  it('nobody escapes them on a socket either', async () => {
    const { url } = await start({ trustProxy: true }, oneCall);
    const hello = async (forwarded: string) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`, {
        headers: { 'x-forwarded-for': forwarded },
      });
      await once(socket, 'open');
      socket.send(encodeWith(clientFrame, { id: 1, operation: 'hello', body: Uint8Array.of(0xa0) }));
      const [answer] = (await once(socket, 'message')) as [Buffer];
      socket.terminate();
      return must(decodeWith(serverFrame, answer)).kind;
    };
    expect(await hello('10.0.0.1, 8.8.8.8')).toBe('response');
    expect(await hello('10.0.0.2, 8.8.8.8')).toBe('error');
    expect(await hello('10.0.0.1, 9.9.9.9')).toBe('response');
  });
});

describe('sockets', () => {
  const loginMs = 10_000;
  /** The status of the answer to an upgrade; 101 leaves the socket open. */
  const upgrade = (url: string, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`, { headers });
      socket.on('upgrade', (response) => resolve(response.statusCode ?? 0));
      socket.on('unexpected-response', (_request, response) => resolve(response.resume().statusCode ?? 0));
      socket.on('error', reject);
    });

  it('are counted per address', async () => {
    const { url } = await start({ trustProxy: true, socketLimits: { total: 100, perAddress: 2, loginMs } });
    const from = (address: string) => upgrade(url, { 'x-forwarded-for': address });
    expect([await from('8.8.8.8'), await from('1.1.1.1, 8.8.8.8'), await from('8.8.8.8')]).toEqual([101, 101, 503]);
    expect(await from('9.9.9.9')).toBe(101);
  });

  it('are counted in all where addresses say nothing, and a closed one makes room', async () => {
    const { url } = await start({ socketLimits: { total: 2, loginMs } });
    const first = await openTestSocket(url);
    expect([await upgrade(url), await upgrade(url)]).toEqual([101, 503]);
    first.close();
    await expect.poll(() => upgrade(url)).toBe(101);
  });

  it('give back the place of their address when they close', async () => {
    const { url } = await start({ socketLimits: { total: 100, perAddress: 1, loginMs } });
    const first = await openTestSocket(url);
    expect(await upgrade(url)).toBe(503);
    first.close();
    await expect.poll(() => upgrade(url)).toBe(101);
  });

  it('end unless somebody logs in on them in time', async () => {
    const { url } = await start({ socketLimits: { total: 100, loginMs } });
    const [idle, ours] = [await openTestSocket(url), await openTestSocket(url)];
    const ada = await createPerson(callOver(overHttp(url)));
    const call = callOver(ours.send);
    must(await call('login', await createLogin(call, ada.account)));
    const closed = once(idle.raw, 'close');
    passDeadlines(loginMs);
    expect((await closed)[0]).toBe(1008);
    expect(await call('fetch', { after: 0, limit: 1 })).toMatchObject({ ok: true });
    ours.close();
  });

  it('are not opened by pages of other origins', async () => {
    const { url } = await start();
    for (const origin of ['https://evil.example', 'null', `${url}1`]) expect(await upgrade(url, { origin })).toBe(403);
    expect(await upgrade(url, { origin: url })).toBe(101);
    expect(await upgrade(url)).toBe(101);
  });
});
