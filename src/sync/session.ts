/**
 * Being logged in at a relay (docs/protocol/relay-api.md, "Login"). The relay's own clock and incarnation come with its
 * hello; nothing a client decides about validity depends on them, only what is due.
 */
import { DAY_MS } from '../domain/limits.ts';
import type { MailboxId, RelayId } from '../domain/ids.ts';
import type { Clock, RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { toRelayId } from '../account/ids.ts';
import { signLogin } from '../account/relay-statements.ts';
import type { SigningKey } from '../crypto/ecdsa-p384.ts';
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from '../wire/protocol-version.ts';
import type { RelayOperation, RelayRequest, RelayResponse } from '../wire/relay-api.ts';
import type { RelayAnswer, RelayFailure, RelayPort, RelaySocket, SessionToken } from './transport.ts';

export type Hello = RelayResponse<'hello'>;

export type DeviceLogin = {
  readonly relayId: RelayId;
  readonly mailboxId: MailboxId;
  readonly mailboxKey: SigningKey;
};

export type SessionFailure =
  | RelayFailure
  /** Another relay answers at this address, or one that this version cannot talk to: nothing is sent to it. */
  | { readonly tag: 'relay-changed' };

export interface RelaySession {
  readonly hello: Hello;
  relayNowMs(): number;
  /** Of the relay's clock, for deposit ids. */
  relayDay(): number;
  call<Name extends RelayOperation>(operation: Name, request: RelayRequest<Name>): Promise<RelayAnswer<Name>>;
  /** Without the session token: deposits. */
  callUnnamed<Name extends RelayOperation>(operation: Name, request: RelayRequest<Name>): Promise<RelayAnswer<Name>>;
  isOver(): boolean;
}

/** How long before its end a session is not used any more. */
const MARGIN_MS = 60_000;

/** Asks the relay who it is. That it is the account's own relay is the account's to check. */
export const greetRelay = async (relay: Pick<RelayPort, 'call'>): Promise<Result<Hello, SessionFailure>> => {
  const answer = await relay.call('hello', {});
  if (!answer.ok) return answer;
  const hello = answer.value;
  const isSpoken = hello.minProtocolVersion <= PROTOCOL_VERSION && hello.protocolVersion >= MIN_PROTOCOL_VERSION;
  const isItself = toRelayId(hello.relayKey) === hello.relayId;
  return isSpoken && isItself ? ok(hello) : err({ tag: 'relay-changed' });
};

export const openSession = async (
  deps: {
    readonly relay: RelayPort;
    readonly clock: Clock;
    readonly random: RandomBytes;
    /** The open socket of this mailbox, if there is one: named calls then go over it. */
    readonly socket: () => RelaySocket | undefined;
  },
  hello: Hello,
  login: DeviceLogin,
): Promise<Result<RelaySession, SessionFailure>> => {
  const { relay, clock } = deps;
  const greetedMs = clock();
  const answer = await relay.call('login', await createLogin(hello, login, deps.random(32)));
  if (!answer.ok) return answer;
  const token: SessionToken = answer.value.token;
  const relayNowMs = (): number => hello.timeMs + (clock() - greetedMs);
  let isRefused = false;

  return ok({
    hello,
    relayNowMs,
    relayDay: () => Math.floor(relayNowMs() / DAY_MS),
    isOver: () => isRefused || relayNowMs() > answer.value.expiresAtMs - MARGIN_MS,
    // Never over the socket, which is bound to our mailbox.
    callUnnamed: (operation, request) => relay.call(operation, request),
    async call(operation, request) {
      const socket = deps.socket();
      const result = await (socket?.call(operation, request) ?? relay.call(operation, request, token));
      if (!result.ok && result.error.tag === 'refused' && result.error.error.code === 'notLoggedIn') {
        // Each connection has a login of its own that ends by itself: whichever it was is opened anew.
        if (socket === undefined) isRefused = true;
        else socket.close();
      }
      return result;
    },
  });
};

/** The request of `login`, for HTTP and for a socket: each connection proves the mailbox key against its own nonce. */
export const createLogin = async (
  hello: Hello,
  { relayId, mailboxId, mailboxKey }: DeviceLogin,
  clientNonce: Uint8Array<ArrayBuffer>,
): Promise<RelayRequest<'login'>> => {
  const { content, signature } = await signLogin(mailboxKey, {
    relayId,
    relayNonce: hello.nonce,
    clientNonce,
    mailboxId,
    purpose: 'session',
    timeMs: hello.timeMs,
  });
  return { statement: content, signature };
};
