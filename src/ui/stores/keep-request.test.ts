import { expect, it } from 'vitest';
import { createKeepRequest } from './keep-request.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

it('asks once while the person has not answered, and never waits for them', async () => {
  let asked = 0;
  const request = createKeepRequest({ persist: () => new Promise(() => (asked += 1)) });
  request.ask();
  request.ask();
  await settled();
  expect([asked, request.state.value]).toEqual([1, 'asked']);
});

it('says what the browser answered, and can ask again after a no', async () => {
  let answer = false;
  const request = createKeepRequest({ persist: async () => answer });
  request.ask();
  await settled();
  expect(request.state.value).toBe('refused');
  answer = true;
  request.ask();
  await settled();
  expect(request.state.value).toBe('kept');
});

it('takes an error for a no, and a browser that makes no such promise for not asked', async () => {
  const failing = createKeepRequest({ persist: () => Promise.reject(new Error('not here')) });
  failing.ask();
  await settled();
  expect(failing.state.value).toBe('refused');
  const silent = createKeepRequest(undefined);
  silent.ask();
  expect(silent.state.value).toBe('unasked');
});
