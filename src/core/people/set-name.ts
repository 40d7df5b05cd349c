import { parseName, type NameError } from '../../domain/names.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { Me } from '../../rpc/dto.ts';
import { readMe } from '../account/read-me.ts';
import { commitChange, type AccountContext, type NotStored } from '../context.ts';
import { queueProfile } from '../exchange/queue-profile.ts';

const PAGE = 200;

/** Changes what we are called, and tells everybody we talk to. */
export const setName = async (
  context: AccountContext,
  { name: raw }: { readonly name: string },
): Promise<Result<Me, NameError | NotStored>> => {
  const name = parseName(raw);
  if (!name.ok) return name;
  const { rows } = context;
  const saved = await commitChange(context, () => {
    const own = rows.ownAccount.read();
    if (own === undefined) throw new Error('an account without its row');
    rows.ownAccount.save({ ...own, name: name.value });
    for (let page = rows.conversations.page({ limit: PAGE }); page.length > 0;) {
      for (const { state, conversationId } of page) if (state === 'active') queueProfile(context, conversationId);
      const last = page.at(-1);
      page = last === undefined ? [] : rows.conversations.page({ after: last, limit: PAGE });
    }
    context.changes.me();
  });
  if (!saved.ok) return saved;
  context.poke();
  return ok(readMe(context));
};
