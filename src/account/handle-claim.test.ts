import { beforeAll, describe, expect, test } from 'vitest';
import type { RelayId } from '../domain/ids.ts';
import type { HandleClaim, HandleClaimBody } from '../wire/account-entry.ts';
import { extendChain } from './chain.ts';
import { createDeviceEntry } from './create-entries.ts';
import { createHandleClaim, verifyHandleClaim } from './handle-claim.ts';
import {
  createTestAccount,
  createTestDevice,
  TEST_TIME_MS,
  toAddedDevice,
  type TestAccount,
} from './testing/test-account.ts';

let anna: TestAccount;
let bert: TestAccount;
beforeAll(async () => {
  [anna, bert] = await Promise.all([createTestAccount('anna'), createTestAccount('bert')]);
});

const claimBy = (account: TestAccount, change: Partial<HandleClaimBody> = {}): Promise<HandleClaim> => {
  const { relayId, accountId, head } = account.chain.state;
  return createHandleClaim(
    { relayId, accountId, head, handle: 'anna', counter: 1, ...change },
    { deviceIndex: 0, signingKey: account.device.signingKey },
  );
};

describe('a handle claim', () => {
  test('says whose handle it is', async () => {
    const verified = await verifyHandleClaim(await claimBy(anna), anna.chain);
    expect(verified).toMatchObject({ ok: true, value: { handle: 'anna', counter: 1 } });
  });

  test('still holds when the account has grown', async () => {
    const phone = await createTestDevice('anna', 1);
    const entry = await createDeviceEntry(
      anna.chain.state,
      { added: [await toAddedDevice(anna.chain.state, phone)], timeMs: TEST_TIME_MS },
      { deviceIndex: 0, signingKey: anna.device.signingKey },
    );
    const grown = await extendChain(anna.chain, [entry]);
    expect(grown.ok && (await verifyHandleClaim(await claimBy(anna), grown.value.chain)).ok).toBe(true);
  });

  test.each<[string, () => Promise<HandleClaim>]>([
    ['for another relay', () => claimBy(anna, { relayId: 'bb'.repeat(32) as RelayId })],
    ['for another account', () => claimBy(anna, { accountId: bert.chain.state.accountId })],
    [
      'by another account for this one',
      () => claimBy(bert, { accountId: anna.chain.state.accountId, head: anna.chain.state.head }),
    ],
    ['at a head that is not on the chain', () => claimBy(anna, { head: new Uint8Array(32) })],
    ['by a device that is not there', async () => ({ ...(await claimBy(anna)), deviceIndex: 3 })],
    ['of what is no handle', () => claimBy(anna, { handle: 'Ann a' })],
    ['with bytes that are no claim', async () => ({ ...(await claimBy(anna)), body: new Uint8Array(9) })],
  ])('is refused %s', async (_name, make) => {
    expect((await verifyHandleClaim(await make(), anna.chain)).ok).toBe(false);
  });

  test('no byte of it can change', async () => {
    const claim = await claimBy(anna);
    for (const part of ['body', 'signature'] as const) {
      for (let byte = 0; byte < claim[part].length; byte += 1) {
        const flipped = claim[part].slice();
        flipped[byte]! ^= 1 << (byte % 8);
        expect((await verifyHandleClaim({ ...claim, [part]: flipped }, anna.chain)).ok, `${part} ${byte}`).toBe(false);
      }
    }
  });
});
