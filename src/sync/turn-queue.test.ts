import { expect, test } from 'vitest';
import { createTurnQueue } from './turn-queue.ts';

test('tasks run one after the other, also after one that failed', async () => {
  const queue = createTurnQueue();
  const log: string[] = [];
  const slow = queue.run(async () => {
    log.push('first begins');
    await Promise.resolve();
    log.push('first ends');
    throw new Error('a bug');
  });
  const next = queue.run(async () => log.push('second'));
  await expect(slow).rejects.toThrow('a bug');
  await next;
  expect(log).toEqual(['first begins', 'first ends', 'second']);
});
