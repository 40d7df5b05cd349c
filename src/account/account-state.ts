import type { AccountId, RelayId } from '../domain/ids.ts';
import type { DeviceKeys } from '../wire/account-entry.ts';

/** A recovery entry lists every device at once and must fit into one entry. */
export const MAX_DEVICES = 20;

/** What an account is after one of its entries. */
export interface AccountState {
  readonly accountId: AccountId;
  readonly relayId: RelayId;
  /** Hash of the entry, 32 bytes. */
  readonly head: Uint8Array<ArrayBuffer>;
  readonly sequence: number;
  /** The devices that may speak for the account, by ascending index. */
  readonly devices: readonly DeviceKeys[];
  /** Devices that were removed, but never voided: they may still stand in groups from before. */
  readonly formerDevices: readonly DeviceKeys[];
  /** Uncompressed point of the key that the 24 words give. */
  readonly recoveryKey: Uint8Array<ArrayBuffer>;
  /** Sequence of the last recovery entry, or 0: what stands up to here cannot be voided any more. */
  readonly recoveryPoint: number;
}

export const findDevice = (state: AccountState, deviceIndex: number): DeviceKeys | undefined =>
  state.devices.find((device) => device.deviceIndex === deviceIndex);

/** An index is never given twice, so that a credential names one key for ever. */
export const nextDeviceIndex = (state: AccountState): number =>
  1 + Math.max(...[...state.devices, ...state.formerDevices].map((device) => device.deviceIndex));
