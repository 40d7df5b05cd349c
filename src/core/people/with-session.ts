import { err, type Result } from '../../domain/result.ts';
import type { NetworkError } from '../../rpc/core-api.ts';
import type { RelaySession } from '../../sync/session.ts';
import type { TurnFailure } from '../../sync/turn.ts';
import type { AccountContext } from '../context.ts';

/** For what has to ask the relay while somebody waits. Between turns, never beside one. */
export const withSession = <T, E>(
  context: Pick<AccountContext, 'queue' | 'turns'>,
  ask: (session: RelaySession) => Promise<Result<T, E>>,
): Promise<Result<T, E | NetworkError>> =>
  context.queue.run(async () => {
    const session = await context.turns.session();
    return session.ok ? ask(session.value) : err(toNetworkError(session.error));
  });

/** What a person is told of a failure: the rest says itself in the connection's state. */
export const toNetworkError = (failure: TurnFailure): NetworkError => {
  switch (failure.tag) {
    case 'relay-changed':
      return { tag: 'relay-changed' };
    case 'relay-restored':
      return { tag: 'relay-refused' };
    case 'refused':
      return { tag: failure.error.code === 'tooMany' ? 'too-many-requests' : 'relay-refused' };
    case 'storage-full':
    case 'storage-lost':
      return { tag: failure.tag };
    case 'offline':
    case 'store-is-old':
    case 'device-removed':
      return { tag: 'offline' };
  }
};
