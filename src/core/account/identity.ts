import type { AccountId, MailboxId, RelayId } from '../../domain/ids.ts';
import type { AccountChain } from '../../account/chain.ts';
import { toMailboxId } from '../../account/ids.ts';
import { signBytes } from '../../crypto/ecdsa-p384.ts';
import type { DeviceSigner } from '../../mls/engine.ts';
import type { OwnAccount } from '../../storage/repositories/own-account-repository.ts';
import type { OwnKey } from './device-keys.ts';

/** Who this device is. It exists from the moment that entry 0 does: when a relay was reached once. */
export interface Identity {
  readonly accountId: AccountId;
  readonly deviceIndex: number;
  readonly relayId: RelayId;
  readonly mailboxId: MailboxId;
  readonly chain: AccountChain;
  readonly signature: OwnKey;
  readonly mailbox: OwnKey;
}

/** Undefined before a relay was reached once. */
export const toIdentity = (
  { accountId, relayId, deviceIndex }: OwnAccount,
  chain: AccountChain | undefined,
  keys: { readonly signature: OwnKey; readonly mailbox: OwnKey },
): Identity | undefined => {
  if (accountId === undefined || relayId === undefined || chain === undefined) return undefined;
  return {
    accountId,
    relayId,
    deviceIndex: deviceIndex ?? 0,
    mailboxId: toMailboxId(keys.mailbox.publicKey),
    chain,
    ...keys,
  };
};

export const toDeviceSigner = ({ accountId, deviceIndex, signature }: Identity): DeviceSigner => ({
  identity: { accountId, deviceIndex },
  publicKey: signature.publicKey,
  sign: (message) => signBytes(signature.signingKey, message),
});
