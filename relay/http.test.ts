import { connect } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/domain/limits.ts';
import { RELAY_ERROR_STATUS, RELAY_OPERATIONS, relayError } from '../src/wire/relay-api.ts';
import { clientFrame } from '../src/wire/relay-frames.ts';
import { decodeWith, encodeWith } from '../src/wire/schema.ts';
import { startRelayServer } from './assemble.ts';
import { openDataDirectory } from './data-directory.ts';
import type { LogEvent } from './log.ts';
import { randomBytes } from './platform.ts';
import type { RelayServer } from './server.ts';
import {
  callOver,
  capabilityOf,
  createLogin,
  createPair,
  createPerson,
  must,
  newGroupId,
  openTestSocket,
  overHttp,
  seal,
  type CallRelay,
  type TestPerson,
} from './testing/test-client.ts';

let directory: string;
let server: RelayServer;
let call: CallRelay;
let ada: TestPerson;
let ben: TestPerson;
const logged: LogEvent[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sotto-http-'));
  const { store, key } = await openDataDirectory(directory);
  server = await startRelayServer(
    { clock: Date.now, store, key, log: (event) => logged.push(event) },
    { host: '127.0.0.1', port: 0, distDir: join(directory, 'none'), registration: 'open' },
  );
  call = callOver(overHttp(server.url));
  ada = await createPerson(call);
  ben = await createPerson(call);
});
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const CBOR = { 'content-type': 'application/cbor' };
const post = async (path: string, body: Uint8Array | string, headers: Record<string, string> = CBOR) => {
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: sent });
  const answer = new Uint8Array(await response.arrayBuffer());
  const error = response.ok ? undefined : must(decodeWith(relayError, answer));
  if (error !== undefined) expect(RELAY_ERROR_STATUS[error.code]).toBe(response.status);
  return { status: response.status, code: error?.code, response };
};

/** Every row of every table but sessions, as text. */
const stored = (): string => {
  const database = new DatabaseSync(join(directory, 'relay.sqlite'), { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const content = tables
    .map(({ name }) => String(name))
    .filter((name) => name !== 'sessions')
    .map((name) => [
      name,
      database
        .prepare(`SELECT * FROM ${name}`)
        .all()
        .map((row) => JSON.stringify(row))
        .sort(),
    ]);
  database.close();
  return JSON.stringify(content);
};
const isAlive = async (): Promise<boolean> => (await call('hello', {})).ok;

describe('what is no request', () => {
  it.each<[string, () => ReturnType<typeof post>, number, string]>([
    ['bytes that are no CBOR', () => post('/v1/hello', randomBytes(40)), 400, 'malformed'],
    ['no body at all', () => post('/v1/register', ''), 400, 'malformed'],
    ['CBOR that is not deterministic', () => post('/v1/hello', Uint8Array.of(0xbf, 0xff)), 400, 'malformed'],
    ['a field too many', () => post('/v1/hello', Uint8Array.of(0xa1, 0x00, 0x00)), 400, 'malformed'],
    ['another content type', () => post('/v1/hello', '{}', { 'content-type': 'application/json' }), 400, 'malformed'],
    ['more than fits', () => post('/v1/deposit', new Uint8Array(LIMITS.requestBytes + 1)), 413, 'tooLarge'],
    ['an address that does not decode', () => post('/v1/%ff', Uint8Array.of(0xa0)), 400, 'malformed'],
    ['an unknown operation', () => post('/v1/constructor', Uint8Array.of(0xa0)), 404, 'notFound'],
    ['another version', () => post('/v2/hello', Uint8Array.of(0xa0)), 426, 'unsupportedVersion'],
    ['no login', () => post('/v1/fetch', Uint8Array.of(0xa2, 0, 0, 1, 1)), 401, 'notLoggedIn'],
    [
      'a made-up token',
      () => post('/v1/fetch', Uint8Array.of(0xa2, 0, 0, 1, 1), { ...CBOR, authorization: `Bearer ${'00'.repeat(32)}` }),
      401,
      'notLoggedIn',
    ],
    [
      'a token of another shape',
      () => post('/v1/hello', Uint8Array.of(0xa0), { ...CBOR, authorization: 'Bearer x' }),
      401,
      'notLoggedIn',
    ],
  ])('is refused: %s', async (_, send, status, code) => {
    const before = stored();
    expect(await send()).toMatchObject({ status, code });
    expect(stored()).toBe(before);
    expect(await isAlive()).toBe(true);
  });

  it('survives half a request and a request that is no HTTP', async () => {
    const { port } = new URL(server.url);
    for (const text of ['POST /v1/hello HTTP/1.1\r\nContent-Length: 99\r\n\r\nabc', '\0\xff\r\n\r\n', '']) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.end(text, () => resolve()));
      socket.destroy();
    }
    expect(await isAlive()).toBe(true);
  });

  it('takes any bytes at any operation without failing or storing', async () => {
    const before = stored();
    const names = Object.keys(RELAY_OPERATIONS);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        async (name, body, asAda) => {
          const headers = asAda ? { ...CBOR, authorization: `Bearer ${Buffer.from(ada.token).toString('hex')}` } : CBOR;
          const { status } = await post(`/v1/${name}`, body, headers);
          expect(status).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    );
    expect(stored()).toBe(before);
    expect(logged.filter(({ event }) => event === 'failed')).toEqual([]);
  });

  it('refuses any change of a good deposit but the one that makes another good deposit of it', async () => {
    const { groupId, capability } = await createPair(ada, ben, Date.now());
    const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, Date.now());
    const good = encodeWith(RELAY_OPERATIONS.deposit.request, { envelope, capability });
    // A receipt may be deposited as well as a message. Whoever opens it finds that the header is not its author's
    // (src/mls/envelope.test.ts): the relay cannot know, and takes it as what it says it is.
    const classIn = (bytes: Uint8Array) => Buffer.from(bytes).indexOf(Uint8Array.of(0x01, 0x02, 0x02, 0x50)) + 1;
    const classAt = classIn(good);
    const toReceipt = 2 ^ 3;
    await fc.assert(
      fc.asyncProperty(
        // The frame with the header as far as into the group id, and the capability at the end; in between lies what
        // only the receiver can check.
        fc.oneof(
          fc.nat(20),
          fc.nat(31).map((offset) => good.length - 1 - offset),
        ),
        fc.integer({ min: 1, max: 255 }),
        async (position, flip) => {
          const changed = good.slice();
          changed[position]! ^= flip;
          const { status } = await post('/v1/deposit', changed);
          if (position === classAt && flip === toReceipt) expect(status).toBe(200);
          else expect([400, 403, 404, 409, 410, 426]).toContain(status);
        },
      ),
      { numRuns: 200, examples: [[classAt, toReceipt]] },
    );
    const receipt = envelope.slice();
    receipt[classIn(envelope)]! ^= toReceipt;
    expect(must(await ben.call('fetch', { after: 0, limit: 256 })).items).toMatchObject([{ envelope: receipt }]);
  });
});

describe('every answer', () => {
  it.each(['/', '/v1/hello', '/assets/none.js', '/v1/nothing', '/%ff'])(
    'carries the security headers: %s',
    async (path) => {
      const response = await fetch(`${server.url}${path}`);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-security-policy': expect.stringContaining("require-trusted-types-for 'script'") as string,
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
      expect(response.headers.has('strict-transport-security')).toBe(false);
      expect(response.headers.has('x-powered-by')).toBe(false);
    },
  );

  it('of the API is never cached', async () => {
    const { response } = await post('/v1/hello', Uint8Array.of(0xa0));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toBe('application/cbor');
  });
});

describe('a socket', () => {
  it('speaks the same operations, and wakes whoever logged in on it', async () => {
    const { groupId, capability } = await createPair(ada, ben, Date.now());
    const socket = await openTestSocket(server.url);
    const over = callOver(socket.send);
    expect(await over('fetch', { after: 0, limit: 1 })).toMatchObject({ error: { code: 'notLoggedIn' } });
    must(await over('login', await createLogin(over, ben.account)));
    expect(must(await over('fetch', { after: 0, limit: 9 })).items).toEqual([]);

    const deposit = () =>
      call('deposit', { envelope: seal({ class: 'message', groupId, base: 1, head: 1 }, Date.now()), capability });
    const woken = socket.woken();
    must(await deposit());
    must(await deposit());
    await woken;
    expect(must(await over('fetch', { after: 0, limit: 9 })).items).toHaveLength(2);
    const wokenAgain = socket.woken();
    must(await deposit());
    await wokenAgain;
    // Two deposits before a fetch are one wake.
    expect(socket.wakes()).toBe(2);
    socket.close();
  });

  it('is closed over what is no frame, and over one that is too large', async () => {
    for (const message of ['text', randomBytes(30), new Uint8Array(LIMITS.requestBytes + 2_000)]) {
      const socket = await openTestSocket(server.url);
      const closed = new Promise<number>((resolve) => socket.raw.on('close', resolve));
      socket.raw.send(message);
      expect([1008, 1009, 1006]).toContain(await closed);
    }
    expect(await isAlive()).toBe(true);
  });

  it('refuses a bad operation by its id and stays open', async () => {
    const socket = await openTestSocket(server.url);
    expect(await socket.send('nonsense', new Uint8Array())).toMatchObject({ error: { code: 'notFound' } });
    expect(await socket.send('hello', Uint8Array.of(1))).toMatchObject({ error: { code: 'malformed' } });
    expect(await callOver(socket.send)('hello', {})).toMatchObject({ ok: true });
    socket.close();
  });

  it('takes any frames without failing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), async (messages) => {
        const socket = await openTestSocket(server.url);
        for (const body of messages) {
          socket.raw.send(encodeWith(clientFrame, { id: 1, operation: 'deposit', body: new Uint8Array(body) }));
          socket.raw.send(body);
        }
        socket.close();
      }),
      { numRuns: 50 },
    );
    expect(await isAlive()).toBe(true);
    expect(logged.filter(({ event }) => event === 'failed')).toEqual([]);
  });
});

it('keeps its key for its owner, and no secret of anybody else', async () => {
  const files = await readdir(directory);
  expect(files.filter((name) => !name.startsWith('relay.sqlite'))).toEqual(['relay.key']);
  expect((await stat(join(directory, 'relay.key'))).mode & 0o777).toBe(0o600);
  const groupId = newGroupId();
  const capability = randomBytes(32);
  must(await ada.call('createGroup', { groupId, capabilityHash: await capabilityOf(capability) }));
  const databaseFiles = files.filter((name) => name.startsWith('relay.sqlite'));
  const contents = await Promise.all(databaseFiles.map((name) => readFile(join(directory, name))));
  for (const secret of [ada.token, capability]) {
    expect(contents.some((content) => content.includes(Buffer.from(secret)))).toBe(false);
  }
});
