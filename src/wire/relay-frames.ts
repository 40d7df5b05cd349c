/**
 * WebSocket frames at `/v1/socket`, one CBOR struct each. A socket starts with `hello` and `login` requests like HTTP;
 * `login` binds the session to the socket. Afterwards the relay pushes `wake` whenever the mailbox has something after
 * the cursor last fetched; it carries no content, because the cursor is the truth and a lost wake must lose nothing.
 */
import { LIMITS } from '../domain/limits.ts';
import { bytes, choice, field, optional, struct, text, uint, type Infer } from './schema.ts';
import { relayError } from './relay-api.ts';

export const clientFrame = struct({
  /** Chosen by the client, answered in `serverFrame.id`. */
  id: field(0, uint(0xffff_ffff)),
  operation: field(1, text(32)),
  body: field(2, bytes(0, LIMITS.requestBytes)),
});
export type ClientFrame = Infer<typeof clientFrame>;

export const serverFrame = struct({
  kind: field(0, choice({ response: 0, error: 1, wake: 2 })),
  id: optional(1, uint(0xffff_ffff)),
  body: optional(2, bytes(0, 4_194_304)),
  error: optional(3, relayError),
});
export type ServerFrame = Infer<typeof serverFrame>;
