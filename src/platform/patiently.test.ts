import { expect, it } from 'vitest';
import { askPatiently } from './patiently.ts';

const named = (name: string): Error => Object.assign(new Error('as told'), { name });

/** Answers after so many failures of that name; counts how often it was asked, and how long was waited. */
const createStorage = (failures: number, name: string) => {
  const waits: number[] = [];
  let asked = 0;
  const ask = async (): Promise<string> => {
    asked += 1;
    if (asked <= failures) throw named(name);
    return 'opened';
  };
  const setTimer = (task: () => void, delayMs: number): (() => void) => {
    waits.push(delayMs);
    task();
    return () => undefined;
  };
  return { ask: () => askPatiently(ask, setTimer), asked: () => asked, waits };
};

it('asks again for what does not open for a moment', async () => {
  const storage = createStorage(2, 'UnknownError');
  expect(await storage.ask()).toEqual({ ok: true, value: 'opened' });
  expect(storage.waits).toEqual([50, 250]);
});

it('tells storage that fails every time from storage that is refused', async () => {
  for (const failure of ['UnknownError', 'InvalidStateError'])
    expect(await createStorage(Infinity, failure).ask()).toEqual({ ok: false, error: { tag: 'failed' } });
  const refused = createStorage(Infinity, 'SecurityError');
  expect(await refused.ask()).toEqual({ ok: false, error: { tag: 'refused' } });
  expect(refused.asked(), 'nobody waits for what is not given').toBe(1);
});
