/**
 * How sync reaches a relay. The platform implements it over HTTP and WebSocket, tests over an in-process relay. A port
 * carries typed requests and answers; it never retries, never queues and never decides what is due.
 */
import type { Result } from '../domain/result.ts';
import type { RelayError, RelayOperation, RelayRequest, RelayResponse } from '../wire/relay-api.ts';

/** What `login` answered, good for calls that need a session until it expires. */
export type SessionToken = RelayResponse<'login'>['token'];

/**
 * `offline`: no answer came, and nothing is known about what the relay did with the request (docs/protocol/sync.md: a
 * lost request and a lost answer look the same). `refused`: the relay answered with a code.
 */
export type RelayFailure = { readonly tag: 'offline' } | { readonly tag: 'refused'; readonly error: RelayError };

export type RelayAnswer<Name extends RelayOperation> = Result<RelayResponse<Name>, RelayFailure>;

export interface RelayPort {
  /**
   * One request over HTTP. Without `session` the request carries nothing that names the caller: deposits of messages
   * are sent so. Answers `offline` when no well-formed answer arrives within the transport's time limit.
   */
  call<Name extends RelayOperation>(
    operation: Name,
    request: RelayRequest<Name>,
    session?: SessionToken,
  ): Promise<RelayAnswer<Name>>;

  /**
   * Opens a socket at `/v1/socket`; the caller logs in over it. It reports its end through `onClose` exactly once, also
   * when it never opened. Reconnecting is the caller's decision.
   */
  openSocket(handlers: SocketHandlers): RelaySocket;
}

export type SocketHandlers = {
  readonly onOpen: () => void;
  /** The mailbox has something after the cursor last fetched. A hint: the cursor is the truth. */
  readonly onWake: () => void;
  readonly onClose: () => void;
};

export interface RelaySocket {
  /** `login` binds the session to this socket; later calls need no token. */
  call<Name extends RelayOperation>(operation: Name, request: RelayRequest<Name>): Promise<RelayAnswer<Name>>;
  close(): void;
}
