/**
 * What the relay may say about itself. The union is closed and holds no text from outside: no address, id, handle,
 * token or content can be logged, because there is no field to put it in. Refused requests are not logged either: they
 * are everyday life, and their rate would say who is active.
 */
import type { RelayOperation } from '../src/wire/relay-api.ts';

export type LogEvent =
  | { readonly event: 'started' | 'stopped' }
  | { readonly event: 'expired'; readonly durationMs: number }
  | { readonly event: 'failed'; readonly where: RelayOperation | 'expire' | 'http' | 'socket'; readonly trace: string };

export type Log = (event: LogEvent) => void;

/** Where a bug is, without its message: that may quote what it stumbled over. */
export const toTrace = (error: unknown): string => {
  if (!(error instanceof Error)) return 'not an Error';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.slice(0, 8).map((line) => line.trim())].join(' ');
};

export const createJsonLog =
  (write: (line: string) => void): Log =>
  (event) =>
    write(JSON.stringify(event));
