import { parseHandle } from '../../domain/handles.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { FindPersonError } from '../../rpc/core-api.ts';
import type { FoundPerson } from '../../rpc/dto.ts';
import type { AccountContext } from '../context.ts';
import { lookUp } from './look-up.ts';
import { toFoundPerson } from './to-found-person.ts';
import { withSession } from './with-session.ts';

export const findByHandle = async (
  context: AccountContext,
  { handle: typed }: { readonly handle: string },
): Promise<Result<FoundPerson, FindPersonError>> => {
  const handle = parseHandle(typed);
  if (!handle.ok) return handle;
  const person = await withSession(context, (session) => lookUp(session, { handle: handle.value }));
  return person.ok ? ok(toFoundPerson(context, person.value.accountId, person.value.handle)) : person;
};
