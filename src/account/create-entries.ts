/** Makes entries. Nothing here checks a rule: whoever makes an entry verifies it like everybody else. */
import type { RelayId } from '../domain/ids.ts';
import type { RandomBytes } from '../domain/ports.ts';
import type { Bytes } from '../crypto/bytes.ts';
import type { SigningKey } from '../crypto/ecdsa-p384.ts';
import { accountEntry, entryBody, type DeviceKeys, type EntryBody } from '../wire/account-entry.ts';
import { encodeWith } from '../wire/schema.ts';
import type { AccountState } from './account-state.ts';
import { ENTRY_FORMAT, toAccountId } from './decode-entry.ts';
import { signDeviceStatement, signEntryBody } from './entry-signatures.ts';

/** A device that is to be added, with its own statement (`signDeviceStatement`) over the account and `previous`. */
export type AddedDevice = { readonly keys: DeviceKeys; readonly statement: Bytes };

const NO_PREDECESSOR = new Uint8Array(32);

/** Entry 0. `device.keys.deviceIndex` is 0. */
export const createGenesis = async (
  { random }: { readonly random: RandomBytes },
  parts: {
    readonly device: { readonly keys: DeviceKeys; readonly signingKey: SigningKey };
    readonly recovery: { readonly publicKey: Bytes; readonly signingKey: SigningKey };
    readonly relayId: RelayId;
    readonly timeMs: number;
  },
): Promise<Bytes> => {
  const { keys, signingKey } = parts.device;
  const body = encodeWith(entryBody, {
    format: ENTRY_FORMAT,
    kind: 'genesis',
    sequence: 0,
    previous: NO_PREDECESSOR,
    timeMs: parts.timeMs,
    added: [keys],
    removed: [],
    recoveryKey: parts.recovery.publicKey,
    relayId: parts.relayId,
    random: random(32),
  });
  const accountId = toAccountId(body);
  return encodeWith(accountEntry, {
    body,
    statements: [await signDeviceStatement(signingKey, { accountId, previous: NO_PREDECESSOR, keys })],
    device: { deviceIndex: 0, signature: await signEntryBody(signingKey, 'genesis', accountId, body) },
    recovery: await signEntryBody(parts.recovery.signingKey, 'genesis', accountId, body),
  });
};

/** Adds and removes devices after `state`, signed by one of its valid devices. */
export const createDeviceEntry = async (
  state: AccountState,
  change: {
    readonly added?: readonly AddedDevice[];
    readonly removed?: readonly number[];
    readonly timeMs: number;
  },
  signer: { readonly deviceIndex: number; readonly signingKey: SigningKey },
): Promise<Bytes> => {
  const added = change.added ?? [];
  const body = encodeFollowing(state, {
    kind: 'device',
    timeMs: change.timeMs,
    added: added.map(({ keys }) => keys),
    removed: change.removed ?? [],
  });
  const signature = await signEntryBody(signer.signingKey, 'device', state.accountId, body);
  return encodeWith(accountEntry, {
    body,
    statements: added.map(({ statement }) => statement),
    device: { deviceIndex: signer.deviceIndex, signature },
  });
};

/**
 * Takes the account back: follows `state`, voids whatever devices entered after it, and leaves exactly `devices`.
 * @param recoveryKey the one that is valid at `state`
 */
export const createRecoveryEntry = async (
  state: AccountState,
  change: {
    readonly devices: readonly AddedDevice[];
    readonly newRecoveryKey?: Bytes;
    readonly timeMs: number;
  },
  recoveryKey: SigningKey,
): Promise<Bytes> => {
  const body = encodeFollowing(state, {
    kind: 'recovery',
    timeMs: change.timeMs,
    added: change.devices.map(({ keys }) => keys),
    removed: [],
    ...(change.newRecoveryKey && { recoveryKey: change.newRecoveryKey }),
  });
  return encodeWith(accountEntry, {
    body,
    statements: change.devices.map(({ statement }) => statement),
    recovery: await signEntryBody(recoveryKey, 'recovery', state.accountId, body),
  });
};

const encodeFollowing = (
  state: AccountState,
  body: Pick<EntryBody, 'kind' | 'timeMs' | 'added' | 'removed' | 'recoveryKey'>,
): Bytes =>
  encodeWith(entryBody, { ...body, format: ENTRY_FORMAT, sequence: state.sequence + 1, previous: state.head });
