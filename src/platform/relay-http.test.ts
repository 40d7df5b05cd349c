import { describe, expect, it } from 'vitest';
import { RELAY_OPERATIONS, relayError } from '../wire/relay-api.ts';
import { encodeWith } from '../wire/schema.ts';
import { callOverHttp, type Fetch } from './relay-http.ts';

const origin = 'https://relay.test';
const cbor = { 'content-type': 'application/cbor' };
const deposit = { envelope: Uint8Array.of(1), capability: new Uint8Array(32) };
const accepted = encodeWith(RELAY_OPERATIONS.deposit.response, { sequence: 7, timeMs: 8 });

const callWith = (fetch: Fetch) => callOverHttp({ fetch, origin }, 'deposit', deposit, undefined);
const answering = (body: BodyInit, init: ResponseInit = { headers: cbor }): Fetch => {
  return async () => new Response(body, init);
};

describe('a request over HTTP', () => {
  it('carries its operation and content, and answers what the relay said', async () => {
    const seen: { url: string; init: RequestInit }[] = [];
    const answer = await callWith(async (url, init) => {
      seen.push({ url, init });
      return new Response(accepted, { headers: cbor });
    });
    expect(answer).toEqual({ ok: true, value: { sequence: 7, timeMs: 8 } });
    expect(seen[0]?.url).toBe('https://relay.test/v1/deposit');
    expect(seen[0]?.init.body).toEqual(encodeWith(RELAY_OPERATIONS.deposit.request, deposit));
  });

  it('names nobody when a message is deposited, and uses no connection that did', async () => {
    const inits: RequestInit[] = [];
    const fetch: Fetch = async (_, init) => {
      inits.push(init);
      return new Response(accepted, { headers: cbor });
    };
    await callWith(fetch);
    await callOverHttp({ fetch, origin }, 'fetch', { after: 0, limit: 1 }, new Uint8Array(32).fill(0xab));
    const [anonymous, loggedIn] = inits.map(({ headers, credentials }) => ({
      authorization: new Headers(headers).get('authorization'),
      credentials,
    }));
    expect(anonymous).toEqual({ authorization: null, credentials: 'omit' });
    expect(loggedIn).toEqual({ authorization: `Bearer ${'ab'.repeat(32)}`, credentials: 'same-origin' });
  });

  it('hands on a refusal with its code', async () => {
    const body = encodeWith(relayError, { code: 'conflict', message: 'base is old', newest: 12 });
    expect(await callWith(answering(body, { status: 409, headers: cbor }))).toEqual({
      ok: false,
      error: { tag: 'refused', error: { code: 'conflict', message: 'base is old', newest: 12 } },
    });
  });

  it.each<[string, Fetch]>([
    ['the network is down', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['time runs out', () => Promise.reject(new DOMException('', 'TimeoutError'))],
    ['a proxy answers with a page', answering('<html>', { status: 502, headers: { 'content-type': 'text/html' } })],
    ['the answer is not one', answering(Uint8Array.of(0xff))],
    ['the refusal is not one', answering(Uint8Array.of(0xff), { status: 500, headers: cbor })],
  ])('counts as offline when %s', async (_, fetch) => {
    expect(await callWith(fetch)).toEqual({ ok: false, error: { tag: 'offline' } });
  });

  it('stops reading an answer that does not end', async () => {
    let sentMegabytes = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sentMegabytes += 1;
        if (sentMegabytes > 40) controller.close();
        else controller.enqueue(new Uint8Array(1_048_576));
      },
      cancel: () => void (isCancelled = true),
    });
    expect(await callWith(answering(endless))).toEqual({ ok: false, error: { tag: 'offline' } });
    expect(isCancelled).toBe(true);
    expect(sentMegabytes).toBeLessThan(20);
  });

  it('does not hide a bug', async () => {
    await expect(callWith(() => Promise.reject(new RangeError('bug')))).rejects.toThrow('bug');
  });
});
