import { expect, it } from 'vitest';
import type { CoreClient } from '../../rpc/core-api.ts';
import { coreApiOver } from '../../rpc/core-methods.ts';
import { createSessionStore } from './session-store.ts';

it('stores what is being written before it locks', async () => {
  const order: string[] = [];
  const core = {
    api: coreApiOver(async () => []),
    onEvent: () => () => undefined,
    lock: async () => void order.push('lock'),
  } as unknown as CoreClient;
  const session = createSessionStore({ core, now: () => 0 });
  session.drafts.register(async () => {
    await Promise.resolve();
    order.push('draft');
    return true;
  });
  await session.lock();
  expect(order).toEqual(['draft', 'lock']);
});
