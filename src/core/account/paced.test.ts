import { expect, it } from 'vitest';
import { createPaced } from './paced.ts';

it('runs at once, then at most once in a while, and the newest of what was asked meanwhile', () => {
  const timers: { readonly task: () => void; readonly delayMs: number }[] = [];
  const paced = createPaced((task, delayMs) => {
    timers.push({ task, delayMs });
    return () => undefined;
  }, 1_000);
  const done: string[] = [];
  paced(() => done.push('first'));
  paced(() => done.push('second'));
  paced(() => done.push('third'));
  expect(done).toEqual(['first']);
  timers.shift()?.task();
  expect(done).toEqual(['first', 'third']);
  timers.shift()?.task();
  paced(() => done.push('fourth'));
  expect(done).toEqual(['first', 'third', 'fourth']);
  expect(timers.map(({ delayMs }) => delayMs)).toEqual([1_000]);
});
