import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../crypto/bytes.ts';
import { createDeviceEntry, createRecoveryEntry } from './create-entries.ts';
import { applyEvidence } from './evidence.ts';
import {
  createTestAccount,
  createTestDevice,
  TEST_TIME_MS,
  toAddedDevice,
  type TestAccount,
} from './testing/test-account.ts';

let anna: TestAccount;
let bert: TestAccount;
let annasPhone: Bytes;
beforeAll(async () => {
  [anna, bert] = await Promise.all([createTestAccount('anna'), createTestAccount('bert')]);
  const phone = await createTestDevice('anna', 1);
  annasPhone = await createDeviceEntry(
    anna.chain.state,
    { added: [await toAddedDevice(anna.chain.state, phone)], timeMs: TEST_TIME_MS },
    { deviceIndex: 0, signingKey: anna.device.signingKey },
  );
});

describe('evidence that travels with a commit', () => {
  test('several accounts, mixed, some of it known: everybody ends with the same chains', async () => {
    const all = [...anna.chain.entries, ...bert.chain.entries, annasPhone];
    const fromNothing = await applyEvidence(new Map(), all);
    const fromAnna = await applyEvidence(new Map([[anna.chain.state.accountId, anna.chain]]), all);
    expect(fromNothing.ok && [...fromNothing.value.keys()].sort()).toEqual(
      [anna.chain.state.accountId, bert.chain.state.accountId].sort(),
    );
    expect(fromAnna).toEqual(fromNothing);
    expect(fromNothing.ok && fromNothing.value.get(anna.chain.state.accountId)?.state.devices).toHaveLength(2);
  });

  test('an entry without its past is refused', async () => {
    expect(await applyEvidence(new Map(), [annasPhone])).toEqual({ ok: false, error: { tag: 'out-of-place' } });
    expect((await applyEvidence(new Map(), [new Uint8Array(40)])).ok).toBe(false);
  });

  test('a recovery reaches the members, and nothing takes it back', async () => {
    const fresh = await createTestDevice('anna again', 1);
    const recovery = await createRecoveryEntry(
      anna.chain.state,
      { devices: [await toAddedDevice(anna.chain.state, fresh)], timeMs: TEST_TIME_MS },
      anna.recoveryKey,
    );
    const before = await applyEvidence(new Map(), [...anna.chain.entries, annasPhone]);
    const after = before.ok && (await applyEvidence(before.value, [recovery]));
    expect(after && after.ok && after.value.get(anna.chain.state.accountId)?.state.devices).toEqual([fresh.keys]);
    expect(after && after.ok && (await applyEvidence(after.value, [annasPhone])).ok).toBe(false);
  });
});
