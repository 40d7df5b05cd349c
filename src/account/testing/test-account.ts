/** Accounts with keys from a seed: the same ids in every run, fresh signatures each time. Only for tests. */
import type { RelayId } from '../../domain/ids.ts';
import type { Bytes } from '../../crypto/bytes.ts';
import {
  generateSignatureKeyPair,
  importSigningKey,
  type SignatureKeyPair,
  type SigningKey,
} from '../../crypto/ecdsa-p384.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import type { DeviceKeys } from '../../wire/account-entry.ts';
import type { AccountState } from '../account-state.ts';
import { verifyChain, type AccountChain } from '../chain.ts';
import { createGenesis, type AddedDevice } from '../create-entries.ts';
import { signDeviceStatement } from '../entry-signatures.ts';
import { deriveRecoveryKey } from '../recovery-key.ts';

export const TEST_RELAY_ID = 'aa'.repeat(32) as RelayId;
export const TEST_TIME_MS = 1_790_000_000_000;

export type TestDevice = {
  readonly keys: DeviceKeys;
  readonly signingKey: SigningKey;
  readonly mailboxKey: SigningKey;
  readonly signaturePair: SignatureKeyPair;
};

export type TestAccount = {
  readonly chain: AccountChain;
  readonly device: TestDevice;
  readonly recoveryKey: SigningKey;
};

export const createTestDevice = async (seed: string, deviceIndex: number): Promise<TestDevice> => {
  const signaturePair = generateSignatureKeyPair(createSeededRandom(`${seed} ${deviceIndex} signature`));
  const mailboxPair = generateSignatureKeyPair(createSeededRandom(`${seed} ${deviceIndex} mailbox`));
  return {
    keys: { deviceIndex, signatureKey: signaturePair.publicKey, mailboxKey: mailboxPair.publicKey },
    signingKey: await importSigningKey(signaturePair),
    mailboxKey: await importSigningKey(mailboxPair),
    signaturePair,
  };
};

/** With the statement that it makes to be added after `state`. */
export const toAddedDevice = async (state: AccountState, device: TestDevice): Promise<AddedDevice> => ({
  keys: device.keys,
  statement: await signDeviceStatement(device.signingKey, {
    accountId: state.accountId,
    previous: state.head,
    keys: device.keys,
  }),
});

export const createTestRecoveryKey = async (
  seed: string,
): Promise<{ readonly publicKey: Bytes; readonly signingKey: SigningKey }> => {
  const pair = await deriveRecoveryKey(createSeededRandom(`${seed} recovery`)(32));
  return { publicKey: pair.publicKey, signingKey: await importSigningKey(pair) };
};

export const createTestAccount = async (seed: string, relayId = TEST_RELAY_ID): Promise<TestAccount> => {
  const device = await createTestDevice(seed, 0);
  const recovery = await createTestRecoveryKey(seed);
  const genesis = await createGenesis(
    { random: createSeededRandom(`${seed} genesis`) },
    { device, recovery, relayId, timeMs: TEST_TIME_MS },
  );
  const chain = await verifyChain([genesis]);
  if (!chain.ok) throw new Error(`test account: ${chain.error.tag}`);
  return { chain: chain.value, device, recoveryKey: recovery.signingKey };
};
