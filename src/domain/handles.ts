import type { Brand } from './brand.ts';
import { LIMITS } from './limits.ts';
import { err, ok, type Result } from './result.ts';

/** A name in the relay's directory: `[a-z0-9_]{3,32}`, without the `@` that people write before it. */
export type Handle = Brand<string, 'Handle'>;

/** What somebody typed: blanks around it, a leading `@` and capitals are forgiven; nothing else is. */
export const parseHandle = (typed: string): Result<Handle, { readonly tag: 'handle-invalid' }> => {
  const handle = typed.trim().replace(/^@/, '').toLowerCase();
  return LIMITS.handlePattern.test(handle) ? ok(handle as Handle) : err({ tag: 'handle-invalid' });
};
