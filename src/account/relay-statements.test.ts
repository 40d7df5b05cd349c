import { describe, expect, test } from 'vitest';
import {
  signKeyPackageList,
  signLogin,
  verifyKeyPackageList,
  verifyLogin,
  type LoginStatement,
} from './relay-statements.ts';
import { createTestDevice, TEST_RELAY_ID, TEST_TIME_MS } from './testing/test-account.ts';
import { toMailboxId } from './ids.ts';

const device = await createTestDevice('anna', 0);
const mailboxId = toMailboxId(device.keys.mailboxKey);
const login: LoginStatement = {
  relayId: TEST_RELAY_ID,
  relayNonce: new Uint8Array(32).fill(1),
  clientNonce: new Uint8Array(32).fill(2),
  mailboxId,
  purpose: 'session',
  timeMs: TEST_TIME_MS,
};

describe('what a device signs for the relay', () => {
  test('a login is verified with the mailbox key only', async () => {
    const { content, signature } = await signLogin(device.mailboxKey, login);
    expect(await verifyLogin(device.keys.mailboxKey, content, signature)).toEqual({ ok: true, value: login });
    expect((await verifyLogin(device.keys.signatureKey, content, signature)).ok).toBe(false);
  });

  test('one statement never passes for another', async () => {
    const list = { relayId: TEST_RELAY_ID, mailboxId, packages: [], timeMs: TEST_TIME_MS };
    const signedList = await signKeyPackageList(device.mailboxKey, list);
    const { mailboxKey } = device.keys;
    expect(await verifyKeyPackageList(mailboxKey, signedList.content, signedList.signature)).toEqual({
      ok: true,
      value: list,
    });
    expect((await verifyLogin(mailboxKey, signedList.content, signedList.signature)).ok).toBe(false);
    const signedLogin = await signLogin(device.mailboxKey, login);
    expect((await verifyKeyPackageList(mailboxKey, signedLogin.content, signedLogin.signature)).ok).toBe(false);
  });
});
