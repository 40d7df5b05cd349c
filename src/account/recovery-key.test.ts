import { expect, test } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { deriveRecoveryKey } from './recovery-key.ts';

test('the same words give the same key for ever', async () => {
  const pair = await deriveRecoveryKey(new Uint8Array(32).fill(0x42));
  expect(bytesToHex(pair.publicKey)).toBe(
    '04d059d833ae1d8eecf45f6e9a1607d517ad73bfbe269ddc25d82087cb164566aa1d00d1af87112d0e7ab0794bf6cf99aee9a5ca45aaa496a9f8bf6dc292d3f51c3f1db6fd5ccb9e7a44accce102c02f0ecf0e328ed4a50efa51bedc85ab26b60a',
  );
});

test('one bit of the words gives another key', async () => {
  const other = new Uint8Array(32).fill(0x42);
  other[31]! ^= 1;
  const [one, two] = await Promise.all([deriveRecoveryKey(new Uint8Array(32).fill(0x42)), deriveRecoveryKey(other)]);
  expect(one.publicKey).not.toEqual(two.publicKey);
});

test('anything but 32 bytes is a bug', async () => {
  await expect(deriveRecoveryKey(new Uint8Array(16))).rejects.toThrow(RangeError);
});
