/** `POST /v1/<operation>`, CBOR in and out, and the app's files at every other address. */
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LIMITS } from '../src/domain/limits.ts';
import { RELAY_ERROR_STATUS, relayError, type RelayError } from '../src/wire/relay-api.ts';
import { encodeWith } from '../src/wire/schema.ts';
import { clientAddressOf } from './client-address.ts';
import { securityHeaders } from './headers.ts';
import { toAddressKey } from './limits.ts';
import { toTrace, type Log } from './log.ts';
import { refuse } from './refusal.ts';
import type { Relay } from './relay.ts';
import type { StaticFiles } from './static-files.ts';

const CBOR = 'application/cbor';

export type HttpOptions = {
  /** One proxy in front tells the client's address, last in `X-Forwarded-For`. */
  readonly trustProxy?: boolean;
  readonly tls?: boolean;
};

export const createHttp = (
  { relay, files, log }: { readonly relay: Relay; readonly files: StaticFiles; readonly log: Log },
  { trustProxy = false, tls = false }: HttpOptions,
): FastifyInstance => {
  const headers = securityHeaders({ tls });
  const server = fastify({
    logger: false,
    bodyLimit: LIMITS.requestBytes,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    onProtoPoisoning: 'error',
    // An address that does not decode meets no route, so no hook runs either.
    frameworkErrors: (_error, _request, reply) =>
      void sendError(reply.headers(headers), refuse('malformed', 'not a request').error),
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(CBOR, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onSend', async (_request, reply) => void reply.headers(headers));

  server.post<{ Params: { version: string; operation: string } }>('/v:version/:operation', async (request, reply) => {
    const { version, operation } = request.params;
    if (version !== '1') {
      return sendError(reply, refuse('unsupportedVersion', 'this relay speaks version 1').error);
    }
    const token = readToken(request.headers.authorization);
    if (token === 'malformed') return sendError(reply, refuse('notLoggedIn', 'not a session token').error);
    const answer = await relay.call({
      operation,
      body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
      addressKey: toAddressKey(clientAddressOf(request.raw, { trustProxy })),
      ...(token && { token }),
    });
    if (!answer.ok) return sendError(reply, answer.error);
    return reply.code(200).header('content-type', CBOR).header('cache-control', 'no-store').send(view(answer.value));
  });

  server.get('/*', async (request, reply) => sendFile(request, reply, files));
  server.setNotFoundHandler((_request, reply) => sendError(reply, refuse('notFound', 'no such operation').error));
  server.setErrorHandler((error: FastifyError, _request, reply) => {
    if (error.statusCode === undefined || error.statusCode >= 500) {
      log({ event: 'failed', where: 'http', trace: toTrace(error) });
    }
    return sendError(reply, toRelayError(error));
  });
  return server;
};

const sendError = (reply: FastifyReply, error: RelayError): FastifyReply =>
  reply
    .code(RELAY_ERROR_STATUS[error.code])
    .header('content-type', CBOR)
    .header('cache-control', 'no-store')
    .send(view(encodeWith(relayError, error)));

/** Fastify sends Buffers as they are; this one shares the bytes. */
const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const toRelayError = (error: FastifyError): RelayError => {
  switch (error.statusCode) {
    case 413:
      return refuse('tooLarge', `a request has at most ${LIMITS.requestBytes} bytes`).error;
    case 415:
      return refuse('malformed', `a request is ${CBOR}`).error;
    default:
      return error.statusCode !== undefined && error.statusCode < 500
        ? refuse('malformed', 'not a request').error
        : refuse('internal', 'the relay failed; the request can be repeated').error;
  }
};

/** 32 bytes in lower-case hex, as every id is written in text. */
const readToken = (authorization: string | undefined): Uint8Array | 'malformed' | undefined => {
  if (authorization === undefined) return undefined;
  const hex = /^Bearer ([0-9a-f]{64})$/.exec(authorization)?.[1];
  return hex === undefined ? 'malformed' : Buffer.from(hex, 'hex');
};

const sendFile = async (request: FastifyRequest, reply: FastifyReply, files: StaticFiles): Promise<FastifyReply> => {
  const answer = await files({
    path: decodePath(request.url),
    accept: request.headers.accept ?? '',
    acceptEncoding: String(request.headers['accept-encoding'] ?? ''),
    ifNoneMatch: request.headers['if-none-match'] ?? '',
  });
  reply.code(answer.status).headers(answer.headers);
  return reply.send(answer.body === undefined ? '' : view(answer.body));
};

const decodePath = (url: string): string => {
  const [path = '/'] = url.split('?', 1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // not well-formed: the name of no file
  }
};
