import { expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../domain/ids.ts';
import { verifyChain } from './chain.ts';
import { verifyHandleClaim } from './handle-claim.ts';
import { FROZEN_CHAIN } from './testing/frozen-chain.ts';

test('a chain and a claim of version 1 still hold', async () => {
  const chain = await verifyChain(FROZEN_CHAIN.entries.map(hexToBytes));
  if (!chain.ok) throw new Error(chain.error.tag);
  const { state } = chain.value;
  expect(state.accountId).toBe(FROZEN_CHAIN.accountId);
  expect(bytesToHex(state.head)).toBe(FROZEN_CHAIN.head);
  expect(state.devices.map((device) => device.deviceIndex)).toEqual([1, 2]);
  expect(state.formerDevices.map((device) => device.deviceIndex)).toEqual([0]);
  expect(state.recoveryPoint).toBe(2);
  const { body, deviceIndex, signature } = FROZEN_CHAIN.claim;
  const claim = { body: hexToBytes(body), deviceIndex, signature: hexToBytes(signature) };
  expect(await verifyHandleClaim(claim, chain.value)).toMatchObject({
    ok: true,
    value: { handle: 'anna', counter: 7 },
  });
});
