import { err } from '../src/domain/result.ts';
import type { RelayError, RelayErrorCode } from '../src/wire/relay-api.ts';

type Refused = { readonly ok: false; readonly error: RelayError };

export const refuse = (
  code: RelayErrorCode,
  message: string,
  more: Pick<RelayError, 'newest' | 'retryAfterMs'> = {},
): Refused => err({ code, message, ...more });

export const refuseTooMany = (retryAfterMs: number): Refused => refuse('tooMany', 'asked too often', { retryAfterMs });
