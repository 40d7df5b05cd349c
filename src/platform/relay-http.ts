import { bytesToHex } from '../domain/ids.ts';
import { err, ok } from '../domain/result.ts';
import type { RelayAnswer, SessionToken } from '../sync/transport.ts';
import { relayError, type RelayOperation, type RelayRequest } from '../wire/relay-api.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import { schemasOf } from './relay-schemas.ts';

/** No well-formed answer within this time counts as no answer. */
const TIME_LIMIT_MS = 30_000;

/** More than any answer of docs/protocol/relay-api.md; a hostile relay must not fill the memory. */
const LARGEST_ANSWER_BYTES = 16 * 1_048_576;

const CBOR = 'application/cbor';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * One request, `POST /v1/<operation>` (docs/protocol/relay-api.md).
 *
 * A request without a session must not travel on a connection that carried a login, or the relay would learn who
 * deposits. Browsers keep connections of requests that omit credentials apart from the others, so `credentials` is what
 * tells the two apart here; there are no cookies in either.
 */
export const callOverHttp = async <Name extends RelayOperation>(
  deps: { readonly fetch: Fetch; readonly origin: string },
  operation: Name,
  request: RelayRequest<Name>,
  session: SessionToken | undefined,
): Promise<RelayAnswer<Name>> => {
  const schemas = schemasOf(operation);
  const content = encodeWith(schemas.request, request);
  try {
    const response = await deps.fetch(`${deps.origin}/v1/${operation}`, {
      method: 'POST',
      headers: {
        'content-type': CBOR,
        ...(session === undefined ? {} : { authorization: `Bearer ${bytesToHex(session)}` }),
      },
      body: content,
      credentials: session === undefined ? 'omit' : 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(TIME_LIMIT_MS),
    });
    if (response.headers.get('content-type') !== CBOR) return err({ tag: 'offline' });
    const body = await readUpTo(response, LARGEST_ANSWER_BYTES);
    if (response.ok) {
      const answer = decodeWith(schemas.response, body);
      return answer.ok ? ok(answer.value) : err({ tag: 'offline' });
    }
    const refusal = decodeWith(relayError, body);
    return err(refusal.ok ? { tag: 'refused', error: refusal.value } : { tag: 'offline' });
  } catch (error) {
    // fetch rejects with a TypeError for the network and with a DOMException for the time limit.
    if (error instanceof TypeError || error instanceof DOMException) return err({ tag: 'offline' });
    throw error;
  }
};

const readUpTo = async (response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    length += part.value.length;
    if (length > limit) {
      await reader?.cancel();
      throw new TypeError('answer is too large');
    }
    parts.push(part.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
