import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { bytesToHex, type AccountId, type RelayId } from '../src/domain/ids.ts';
import { DAY_MS, LIMITS } from '../src/domain/limits.ts';
import { createDeviceEntry } from '../src/account/create-entries.ts';
import { createHandleClaim } from '../src/account/handle-claim.ts';
import { signKeyPackageList } from '../src/account/relay-statements.ts';
import { createTestAccount, createTestDevice, toAddedDevice } from '../src/account/testing/test-account.ts';
import { verify } from '../src/crypto/ecdsa-p384.ts';
import { commitRow } from '../src/wire/relay-api.ts';
import { decodeWith } from '../src/wire/schema.ts';
import { DEFAULT_RATES } from './limits.ts';
import { randomBytes } from './platform.ts';
import { createRelayKey } from './relay-key.ts';
import { StorageFullError } from './store/store.ts';
import { createTestRelay, type TestRelay } from './testing/in-process-relay.ts';
import {
  acknowledgeAll,
  callOver,
  capabilityOf,
  createLogin,
  createPair,
  createPerson,
  inProcess,
  must,
  newDepositId,
  newGroupId,
  publish,
  seal,
  type CallRelay,
  type TestPerson,
} from './testing/test-client.ts';

let relay: TestRelay;
let call: CallRelay;
let ada: TestPerson;
let ben: TestPerson;
beforeEach(async () => {
  relay = createTestRelay();
  call = callOver(inProcess(relay));
  ada = await createPerson(call, 'ada');
  ben = await createPerson(call, 'ben');
  return () => relay.close();
});

const code = (name: string) => ({ ok: false, error: { code: name } });
const inboxOf = async ({ call: asPerson }: TestPerson) => must(await asPerson('fetch', { after: 0, limit: 256 })).items;
const accountIdOf = ({ account }: TestPerson): AccountId => account.chain.state.accountId;

describe('logging in', () => {
  it('takes each nonce once, for five minutes', async () => {
    const login = await createLogin(call, ada.account);
    expect(await call('login', login)).toMatchObject({ ok: true });
    expect(await call('login', login)).toMatchObject(code('gone'));
    const late = await createLogin(call, ada.account);
    relay.moveClock(5 * 60_000 + 1);
    expect(await call('login', late)).toMatchObject(code('gone'));
    expect(await call('login', await createLogin(call, ada.account, { timeMs: 0 }))).toMatchObject(code('gone'));
    expect(await call('login', await createLogin(call, ada.account, { relayNonce: randomBytes(32) }))).toMatchObject(
      code('gone'),
    );
  });

  it('refuses what another key signed, or what was signed for another relay', async () => {
    const forged = await createLogin(call, ben.account, { mailboxId: ada.mailboxId });
    expect(await call('login', forged)).toMatchObject(code('badSignature'));
    const elsewhere = await createLogin(call, ada.account, { relayId: 'cd'.repeat(32) as RelayId });
    expect(await call('login', elsewhere)).toMatchObject(code('badSignature'));
    const stranger = await createTestAccount('stranger');
    expect(await call('login', await createLogin(call, stranger))).toMatchObject(code('notFound'));
  });

  it('gives a token that can only read, and replaces it by the next one', async () => {
    const login = async () =>
      must(await call('login', await createLogin(call, ada.account, { purpose: 'fetchToken' })));
    const { token } = await login();
    expect(await call('fetch', { after: 0, limit: 1 }, token)).toMatchObject({ ok: true });
    expect(await call('acknowledge', { items: [] }, token)).toMatchObject(code('forbidden'));
    expect(await call('checkpoint', {}, token)).toMatchObject(code('forbidden'));
    await login();
    expect(await call('fetch', { after: 0, limit: 1 }, token)).toMatchObject(code('notLoggedIn'));
  });

  it('ends a session after a day', async () => {
    expect(await ada.call('checkpoint', {})).toMatchObject({ ok: true });
    relay.moveClock(DAY_MS);
    expect(await ada.call('checkpoint', {})).toMatchObject(code('notLoggedIn'));
    expect(await call('checkpoint', {})).toMatchObject(code('notLoggedIn'));
  });
});

describe('the directory', () => {
  it('registers the same account again without complaint, and none that is made for another relay', async () => {
    expect(await call('register', { entry: ada.account.chain.entries[0]! })).toEqual({
      ok: true,
      value: { accountId: accountIdOf(ada) },
    });
    const foreign = await createTestAccount('foreign');
    expect(await call('register', { entry: foreign.chain.entries[0]! })).toMatchObject(code('forbidden'));
    expect(await call('account', { accountId: foreign.chain.state.accountId })).toMatchObject(code('notFound'));
  });

  it('stores no entry whose signature does not fit', async () => {
    const { relayId } = ada.account.chain.state;
    const entry = (await createTestAccount('dora', relayId)).chain.entries[0]!.slice();
    entry[entry.length - 1]! ^= 1;
    expect(await call('register', { entry })).toMatchObject(code('badSignature'));
    expect(await call('register', { entry: randomBytes(200) })).toMatchObject(code('malformed'));
  });

  it('adds a device, and ends it when it is removed', async () => {
    const { chain, device } = ada.account;
    const phone = await createTestDevice('ada', 1);
    const signer = { deviceIndex: 0, signingKey: device.signingKey };
    const entry = await createDeviceEntry(
      chain.state,
      { added: [await toAddedDevice(chain.state, phone)], timeMs: 1 },
      signer,
    );
    const request = { accountId: accountIdOf(ada), entry };
    expect(await call('appendEntry', request)).toMatchObject({ ok: true });
    expect(await call('appendEntry', request)).toMatchObject({ ok: true });
    expect(must(await call('account', { accountId: accountIdOf(ada) })).entries).toHaveLength(2);

    // A second entry on the same predecessor comes too late.
    const rival = await createDeviceEntry(
      chain.state,
      { added: [await toAddedDevice(chain.state, await createTestDevice('rival', 1))], timeMs: 1 },
      signer,
    );
    expect(await call('appendEntry', { ...request, entry: rival })).toMatchObject(code('conflict'));
  });

  it('finds by handle, and gives a handle to the first who claims it', async () => {
    const claim = (person: TestPerson, handle: string, counter = 0) =>
      createHandleClaim(
        {
          relayId: person.account.chain.state.relayId,
          handle,
          accountId: accountIdOf(person),
          head: person.account.chain.state.head,
          counter,
        },
        { deviceIndex: 0, signingKey: person.account.device.signingKey },
      );
    expect(await ada.call('claimHandle', { claim: await claim(ada, 'lucia') })).toMatchObject({ ok: true });
    expect(await ben.call('claimHandle', { claim: await claim(ben, 'lucia') })).toMatchObject(code('handleTaken'));
    expect(await ben.call('claimHandle', { claim: await claim(ada, 'other', 1) })).toMatchObject(code('malformed'));
    expect(await ada.call('claimHandle', { claim: await claim(ada, 'lucia_p', 0) })).toMatchObject(code('conflict'));
    const found = must(await call('account', { handle: 'lucia' }));
    expect(found.accountId).toBe(accountIdOf(ada));
    expect(found.claim).toEqual(expect.objectContaining({ deviceIndex: 0 }));
    expect(await call('account', { handle: 'nobody' })).toMatchObject(code('notFound'));
    expect(await call('account', {})).toMatchObject(code('malformed'));
  });

  it('takes key packages of their owner only', async () => {
    expect(await publish(ben, [randomBytes(40), randomBytes(41)])).toBe(2);
    const list = (change: object) =>
      signKeyPackageList(ben.account.device.mailboxKey, {
        relayId: ben.account.chain.state.relayId,
        mailboxId: ben.mailboxId,
        packages: [randomBytes(40)],
        timeMs: 0,
        ...change,
      });
    const stolen = await list({});
    const asAda = { list: stolen.content, signature: stolen.signature };
    expect(await ada.call('publishKeyPackages', asAda)).toMatchObject(code('badSignature'));
    const elsewhere = await list({ relayId: 'cd'.repeat(32) as RelayId });
    const request = { list: elsewhere.content, signature: elsewhere.signature };
    expect(await ben.call('publishKeyPackages', request)).toMatchObject(code('badSignature'));
    expect(must(await ada.call('claimKeyPackages', { accountId: accountIdOf(ben) })).packages).toHaveLength(1);
  });
});

describe('a group', () => {
  it('carries messages to everybody in it, in order, and says nothing of who sent them', async () => {
    const { groupId, capability } = await createPair(ada, ben, relay.nowMs());
    const envelopes = [];
    for (let index = 0; index < 3; index += 1) {
      const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, relay.nowMs());
      envelopes.push(envelope);
      const deposited = must(await call('deposit', { envelope, capability }));
      expect(deposited).toEqual({ sequence: 2 + index, timeMs: relay.nowMs() });
      expect(must(await call('deposit', { envelope, capability }))).toEqual(deposited);
    }
    for (const person of [ada, ben]) {
      expect((await inboxOf(person)).map(({ envelope }) => envelope)).toEqual(envelopes);
    }
    await acknowledgeAll(ben);
    expect(await inboxOf(ben)).toEqual([]);
  });

  it('signs each row, for the recipients as a set', async () => {
    const { groupId } = await createPair(ada, ben, relay.nowMs());
    const rows = must(await ben.call('rows', { groupId, after: 0 })).rows;
    const { relayKey } = must(await call('hello', {}));
    expect(rows).toHaveLength(1);
    const row = must(decodeWith(commitRow, rows[0]!.row));
    expect(row).toMatchObject({ groupId, sequence: 1, base: 0, recipients: [ada.mailboxId, ben.mailboxId].sort() });
    expect(await verify(relayKey, 'sotto/1/commit-row', rows[0]!.row, rows[0]!.signature)).toBe(true);
    expect(await verify(relayKey, 'sotto/1/login', rows[0]!.row, rows[0]!.signature)).toBe(false);
    expect(await ada.call('rows', { groupId: newGroupId(), after: 0 })).toMatchObject(code('notFound'));
  });

  it('forgets a message after seven days, and a deposit id after eight', async () => {
    const { groupId, capability } = await createPair(ada, ben, relay.nowMs());
    const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, relay.nowMs());
    const first = must(await call('deposit', { envelope, capability }));
    relay.moveClock(7 * DAY_MS);
    await relay.expire();
    expect(must(await call('deposit', { envelope, capability }))).toEqual(first);
    const again = await createLogin(call, ben.account);
    const { token } = must(await call('login', again));
    expect(must(await call('fetch', { after: 0, limit: 9 }, token)).items).toEqual([]);
    relay.moveClock(DAY_MS);
    await relay.expire();
    // Its day is long over by now: it cannot be played again.
    expect(await call('deposit', { envelope, capability })).toMatchObject(code('gone'));
  });

  it('refuses what does not belong where it was sent', async () => {
    const { groupId, capability } = await createPair(ada, ben, relay.nowMs());
    const deposit = (parts: object) =>
      call('deposit', {
        envelope: seal({ class: 'message', groupId, base: 1, head: 1, ...parts }, relay.nowMs()),
        capability,
      });
    expect(await deposit({ class: 'handshake' })).toMatchObject(code('malformed'));
    expect(await deposit({ class: 'welcome' })).toMatchObject(code('malformed'));
    expect(await deposit({ class: 'ephemeral' })).toMatchObject(code('malformed'));
    expect(await deposit({ version: 2 })).toMatchObject(code('unsupportedVersion'));
    expect(await deposit({ depositId: newDepositId(relay.nowMs() - 2 * DAY_MS) })).toMatchObject(code('gone'));
    expect(await deposit({ depositId: newDepositId(relay.nowMs() + 2 * DAY_MS) })).toMatchObject(code('gone'));
    expect(await deposit({ groupId: newGroupId() })).toMatchObject(code('notFound'));
    expect(await deposit({ base: 0 })).toMatchObject(code('conflict'));
    const newest = await deposit({ head: 0 });
    expect(newest).toMatchObject({ ok: false, error: { code: 'conflict', newest: 1 } });
    const envelope = seal({ class: 'message', groupId, base: 1, head: 1 }, relay.nowMs());
    expect(await call('deposit', { envelope, capability: randomBytes(32) })).toMatchObject(code('forbidden'));
    expect(await inboxOf(ben)).toEqual([]);
  });

  it('lets one Welcome serve several new devices', async () => {
    const cleo = await createPerson(call, 'cleo');
    const groupId = newGroupId();
    must(await ada.call('createGroup', { groupId, capabilityHash: await capabilityOf(randomBytes(32)) }));
    const tokens = [];
    for (const person of [ben, cleo]) {
      await publish(person, [randomBytes(40)]);
      const claimed = must(await ada.call('claimKeyPackages', { accountId: accountIdOf(person) }));
      tokens.push({ mailboxId: person.mailboxId, token: claimed.packages[0]!.welcomeToken });
    }
    const welcome = seal({ class: 'welcome', groupId }, relay.nowMs());
    const commit = {
      envelope: seal({ class: 'handshake', groupId }, relay.nowMs()),
      recipients: [ada.mailboxId, ben.mailboxId, cleo.mailboxId],
      capabilityHash: await capabilityOf(randomBytes(32)),
      welcomes: [{ ...tokens[0]!, envelope: welcome }, tokens[1]!],
    };
    expect(await ada.call('commit', { ...commit, welcomes: tokens })).toMatchObject(code('malformed'));
    expect(await ada.call('commit', commit)).toMatchObject({ ok: true });
    for (const person of [ben, cleo]) {
      const [item] = await inboxOf(person);
      expect(item!.envelope).toEqual(welcome);
      expect(item!.row).toBeDefined();
    }
  });
});

describe('limits', () => {
  it('say when to come back', async () => {
    const slow = createTestRelay({ rates: { ...DEFAULT_RATES, registrations: { burst: 1, perSecond: 0.1 } } });
    const ask = callOver(inProcess(slow));
    await createPerson(ask, 'first');
    const { relayId } = must(await ask('hello', {}));
    const second = (await createTestAccount('second', relayId)).chain.entries[0]!;
    expect(await ask('register', { entry: second })).toEqual({
      ok: false,
      error: { code: 'tooMany', message: 'asked too often', retryAfterMs: 10_000 },
    });
    slow.moveClock(10_000);
    expect(await ask('register', { entry: second })).toMatchObject({ ok: true });
    await slow.close();
  });

  it('stop somebody who empties the key packages of others', async () => {
    await publish(
      ben,
      Array.from({ length: LIMITS.keyPackagesPublished }, () => randomBytes(40)),
    );
    const answers = [];
    for (let index = 0; index < 61; index += 1) {
      answers.push(await ada.call('claimKeyPackages', { accountId: accountIdOf(ben) }));
    }
    expect(answers.at(-1)).toMatchObject(code('tooMany'));
  });

  it('stop somebody who opens groups without end, and nobody else', async () => {
    const open = (person: typeof ada) =>
      person.call('createGroup', { groupId: newGroupId(), capabilityHash: randomBytes(32) });
    for (let index = 0; index < 120; index += 1) must(await open(ada));
    expect(await open(ada)).toMatchObject(code('tooMany'));
    expect(await open(ben)).toMatchObject({ ok: true });
    relay.moveClock(30_000);
    expect(await open(ada)).toMatchObject({ ok: true });
  });
});

it('takes no new accounts while registration is closed', async () => {
  const closed = createTestRelay({ registration: 'closed' });
  const ask = callOver(inProcess(closed));
  const { relayId, registration } = must(await ask('hello', {}));
  expect(registration).toBe('closed');
  const entry = (await createTestAccount('late', relayId)).chain.entries[0]!;
  expect(await ask('register', { entry })).toMatchObject(code('forbidden'));
  await closed.close();
});

it('says so when its disk is full', async () => {
  const full = createTestRelay({
    wrapStore: (store) => ({ ...store, appendEntry: () => Promise.reject(new StorageFullError('full')) }),
  });
  const ask = callOver(inProcess(full));
  const { relayId } = must(await ask('hello', {}));
  const entry = (await createTestAccount('unlucky', relayId)).chain.entries[0]!;
  expect(await ask('register', { entry })).toMatchObject(code('storageFull'));
  expect(full.logged).toEqual([]);
  await full.close();
});

it('says nothing in its log but that it failed, and where', async () => {
  const secret = 'a name that must not be logged';
  const broken = createTestRelay({
    wrapStore: (store) => ({
      ...store,
      accountByHandle: () => Promise.reject(new Error(secret)),
    }),
  });
  const ask = callOver(inProcess(broken));
  expect(await ask('account', { handle: 'lucia' })).toMatchObject(code('internal'));
  expect(broken.logged).toMatchObject([{ event: 'failed', where: 'account' }]);
  expect(JSON.stringify(broken.logged)).not.toContain(secret);
  await broken.close();
});

it('refuses a key of another curve', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(() => createRelayKey(privateKey.export({ format: 'der', type: 'pkcs8' }))).toThrow('P-384');
  expect(bytesToHex(relay.store.incarnation)).toHaveLength(32);
});
