import { ok } from '../../src/domain/result.ts';
import { refuse } from '../refusal.ts';
import type { Handlers, OperationDeps } from './handler.ts';

/** One answer stays well below the largest frame, and a slow line gets something to work on soon. */
const MAX_FETCH_BYTES = 1_048_576;

export const createMailboxOperations = ({
  clock,
  store,
}: OperationDeps): Pick<Handlers, 'fetch' | 'acknowledge' | 'checkpoint'> => ({
  fetch: async ({ after, limit }, { session }) =>
    ok(
      await store.fetch({
        mailboxId: session.mailboxId,
        after,
        limit,
        maxBytes: MAX_FETCH_BYTES,
        nowMs: clock(),
      }),
    ),

  acknowledge: async ({ items }, { session }) => {
    await store.acknowledge(session.mailboxId, items);
    return ok({});
  },

  /** The caller compares: it asked to set a value, and is told the one that stands. */
  checkpoint: async ({ expected, next }, { session }) => {
    if (next === undefined && expected !== undefined) return refuse('malformed', 'a swap needs the next value');
    const swap = next && { ...(expected && { expected }), next };
    const { value } = await store.checkpoint(session.mailboxId, swap);
    return ok({ ...(value && { value }), incarnation: store.incarnation });
  },
});
