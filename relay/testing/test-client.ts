/** The smallest client there is: calls over any carrier, and a device that registers and logs in. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { bytesToHex, type DepositId, type GroupId, type MailboxId } from '../../src/domain/ids.ts';
import { DAY_MS } from '../../src/domain/limits.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { toMailboxId } from '../../src/account/ids.ts';
import { signKeyPackageList, signLogin } from '../../src/account/relay-statements.ts';
import { createTestAccount, type TestAccount } from '../../src/account/testing/test-account.ts';
import { ENVELOPE_VERSION, envelope, envelopeHeader, type EnvelopeHeader } from '../../src/wire/envelope.ts';
import {
  RELAY_OPERATIONS,
  relayError,
  type RelayError,
  type RelayOperation,
  type RelayRequest,
  type RelayResponse,
} from '../../src/wire/relay-api.ts';
import { clientFrame, serverFrame, type ServerFrame } from '../../src/wire/relay-frames.ts';
import { decodeWith, encodeWith, type Schema } from '../../src/wire/schema.ts';
import { randomBytes } from '../platform.ts';
import type { Relay } from '../relay.ts';

type Bytes = Uint8Array<ArrayBuffer>;
export type Send = (operation: string, body: Uint8Array, token?: Uint8Array) => Promise<Result<Bytes, RelayError>>;
export type CallRelay = <Name extends RelayOperation>(
  operation: Name,
  request: RelayRequest<Name>,
  token?: Uint8Array,
) => Promise<Result<RelayResponse<Name>, RelayError>>;

const must = <T, E>(result: Result<T, E>): T => {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
};

export const callOver =
  (send: Send): CallRelay =>
  async <Name extends RelayOperation>(operation: Name, request: RelayRequest<Name>, token?: Uint8Array) => {
    const schemas = RELAY_OPERATIONS[operation] as unknown as {
      readonly request: Schema<RelayRequest<Name>>;
      readonly response: Schema<RelayResponse<Name>>;
    };
    const answer = await send(operation, encodeWith(schemas.request, request), token);
    return answer.ok ? ok(must(decodeWith(schemas.response, answer.value))) : answer;
  };

export const inProcess =
  (relay: Relay): Send =>
  (operation, body, token) =>
    relay.call({ operation, body, addressKey: 'test', ...(token && { token }) });

export const overHttp =
  (url: string): Send =>
  async (operation, body, token) => {
    const response = await fetch(`${url}/v1/${operation}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/cbor',
        ...(token && { authorization: `Bearer ${bytesToHex(token)}` }),
      },
      body: new Uint8Array(body),
    });
    const answer = new Uint8Array(await response.arrayBuffer());
    return response.ok ? ok(answer) : err(must(decodeWith(relayError, answer)));
  };

export interface TestSocket {
  readonly send: Send;
  readonly wakes: () => number;
  /** Resolves at the next wake. */
  readonly woken: () => Promise<void>;
  readonly raw: WebSocket;
  readonly close: () => void;
}

export const openTestSocket = async (url: string): Promise<TestSocket> => {
  const raw = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`);
  const waiting = new Map<number, (frame: ServerFrame) => void>();
  let onWake: (() => void)[] = [];
  let wakes = 0;
  let lastId = 0;
  raw.on('message', (data: Buffer) => {
    const frame = must(decodeWith(serverFrame, data));
    if (frame.kind === 'wake') {
      wakes += 1;
      for (const listener of onWake) listener();
      onWake = [];
    } else if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
  });
  raw.on('error', () => raw.terminate());
  await once(raw, 'open');
  return {
    raw,
    wakes: () => wakes,
    woken: () => new Promise((resolve) => onWake.push(resolve)),
    close: () => raw.terminate(),
    send: (operation, body) => {
      lastId += 1;
      const id = lastId;
      raw.send(encodeWith(clientFrame, { id, operation, body: new Uint8Array(body) }));
      return new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error('the socket closed'));
        raw.once('close', fail);
        waiting.set(id, (frame) => {
          raw.off('close', fail);
          waiting.delete(id);
          resolve(frame.error === undefined ? ok(frame.body ?? new Uint8Array()) : err(frame.error));
        });
      });
    },
  };
};

export type TestPerson = {
  readonly account: TestAccount;
  readonly mailboxId: MailboxId;
  readonly token: Bytes;
  /** With this person's session. */
  readonly call: CallRelay;
};

let people = 0;

/** Registers and logs in; `seed` makes the same keys again. */
export const createPerson = async (call: CallRelay, seed = `person ${(people += 1)}`): Promise<TestPerson> => {
  const { relayId } = must(await call('hello', {}));
  const account = await createTestAccount(seed, relayId);
  must(await call('register', { entry: account.chain.entries[0]! }));
  const mailboxId = toMailboxId(account.device.keys.mailboxKey);
  const { token } = must(await call('login', await createLogin(call, account)));
  return { account, mailboxId, token, call: (operation, request) => call(operation, request, token) };
};

export const createLogin = async (
  call: CallRelay,
  { device }: TestAccount,
  change: Partial<Parameters<typeof signLogin>[1]> = {},
): Promise<RelayRequest<'login'>> => {
  const { relayId, nonce, timeMs } = must(await call('hello', {}));
  const { content, signature } = await signLogin(device.mailboxKey, {
    relayId,
    relayNonce: nonce,
    clientNonce: randomBytes(32),
    mailboxId: toMailboxId(device.keys.mailboxKey),
    purpose: 'session',
    timeMs,
    ...change,
  });
  return { statement: content, signature };
};

export const publish = async (
  { account, mailboxId, call }: TestPerson,
  packages: readonly Bytes[],
): Promise<number> => {
  const { content, signature } = await signKeyPackageList(account.device.mailboxKey, {
    relayId: account.chain.state.relayId,
    mailboxId,
    packages,
    timeMs: 0,
  });
  return must(await call('publishKeyPackages', { list: content, signature })).available;
};

export const newGroupId = (): GroupId => bytesToHex(randomBytes(16)) as GroupId;

export const newDepositId = (nowMs: number): DepositId => {
  const day = Math.floor(nowMs / DAY_MS);
  return (day.toString(16).padStart(8, '0') + bytesToHex(randomBytes(12))) as DepositId;
};

/** An envelope whose body means nothing: the relay never opens it. */
export const seal = (parts: Partial<EnvelopeHeader> & Pick<EnvelopeHeader, 'class' | 'groupId'>, nowMs: number) =>
  encodeWith(envelope, {
    header: encodeWith(envelopeHeader, {
      version: ENVELOPE_VERSION,
      base: 0,
      head: 0,
      depositId: newDepositId(nowMs),
      hint: randomBytes(48),
      ...parts,
    }),
    body: randomBytes(64),
  });

export const capabilityOf = async (secret: Uint8Array): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(secret)));

/** A group of two who stand on commit 1. Answers its capability. */
export const createPair = async (ada: TestPerson, ben: TestPerson, nowMs: number) => {
  const groupId = newGroupId();
  const capability = randomBytes(32);
  await publish(ben, [randomBytes(40)]);
  must(await ada.call('createGroup', { groupId, capabilityHash: await capabilityOf(randomBytes(32)) }));
  const { packages } = must(await ada.call('claimKeyPackages', { accountId: ben.account.chain.state.accountId }));
  must(
    await ada.call('commit', {
      envelope: seal({ class: 'handshake', groupId }, nowMs),
      recipients: [ada.mailboxId, ben.mailboxId],
      capabilityHash: await capabilityOf(capability),
      welcomes: [
        {
          mailboxId: ben.mailboxId,
          token: packages[0]!.welcomeToken,
          envelope: seal({ class: 'welcome', groupId }, nowMs),
        },
      ],
    }),
  );
  for (const person of [ada, ben]) await acknowledgeAll(person);
  return { groupId, capability };
};

export const acknowledgeAll = async ({ call }: TestPerson): Promise<void> => {
  const { items } = must(await call('fetch', { after: 0, limit: 256 }));
  must(await call('acknowledge', { items: items.map(({ cursor }) => ({ cursor, standing: 'applied' })) }));
};

export { must };
