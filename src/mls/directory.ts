import type { AccountId } from '../domain/ids.ts';
import { findDevice } from '../account/account-state.ts';
import type { AccountChains } from '../account/evidence.ts';

export interface KnownDevice {
  readonly signatureKey: Uint8Array;
  readonly mailboxKey: Uint8Array;
  /** False for a device that its account removed: it may still stand in a group, but must not be added or commit. */
  readonly isValid: boolean;
}

/** Who is who, as the group has seen it proved. What it does not know is refused. */
export interface Directory {
  device(accountId: AccountId, deviceIndex: number): KnownDevice | undefined;
}

export const createChainDirectory = (chains: AccountChains): Directory => ({
  device(accountId, deviceIndex) {
    const state = chains.get(accountId)?.state;
    if (state === undefined) return undefined;
    const valid = findDevice(state, deviceIndex);
    if (valid !== undefined) return { ...valid, isValid: true };
    const former = state.formerDevices.find((device) => device.deviceIndex === deviceIndex);
    return former && { ...former, isValid: false };
  },
});
