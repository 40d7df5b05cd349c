/** The rules of a chain, one entry at a time (docs/protocol/account.md, "Rules"). */
import { err, ok, type Result } from '../domain/result.ts';
import { equalBytes } from '../crypto/bytes.ts';
import type { DeviceKeys } from '../wire/account-entry.ts';
import { againstTheRules, badSignature, outOfPlace, type AccountError } from './account-error.ts';
import { findDevice, MAX_DEVICES, nextDeviceIndex, type AccountState } from './account-state.ts';
import { toAccountId, type DecodedEntry } from './decode-entry.ts';
import { verifyDeviceStatement, verifyEntryBody } from './entry-signatures.ts';

type Applied = Promise<Result<AccountState, AccountError>>;

/** The state after `decoded`, if it may follow `previous`; `undefined` means that it is the first. */
export const applyEntry = async (previous: AccountState | undefined, decoded: DecodedEntry): Applied => {
  const { body } = decoded;
  if (previous === undefined) return body.kind === 'genesis' ? applyGenesis(decoded) : err(outOfPlace);
  if (body.kind === 'genesis' || body.sequence !== previous.sequence + 1) return err(outOfPlace);
  if (!equalBytes(body.previous, previous.head)) return err(outOfPlace);
  if (body.relayId !== undefined || body.random !== undefined) {
    return err(againstTheRules('only entry 0 names a relay'));
  }
  return body.kind === 'device' ? applyDeviceEntry(previous, decoded) : applyRecoveryEntry(previous, decoded);
};

const applyGenesis = async ({ entry, body, hash }: DecodedEntry): Applied => {
  const [first, ...others] = body.added;
  if (body.sequence !== 0 || body.previous.some((byte) => byte !== 0)) return err(outOfPlace);
  if (first?.deviceIndex !== 0 || others.length > 0 || body.removed.length > 0) {
    return err(againstTheRules('entry 0 adds device 0 and nothing else'));
  }
  if (body.recoveryKey === undefined || body.relayId === undefined || body.random === undefined) {
    return err(againstTheRules('entry 0 names recovery key, relay and random bytes'));
  }
  if (entry.device?.deviceIndex !== 0 || entry.recovery === undefined) {
    return err(againstTheRules('entry 0 is signed by device 0 and the recovery key'));
  }
  const state: AccountState = {
    accountId: toAccountId(entry.body),
    relayId: body.relayId,
    head: hash,
    sequence: 0,
    devices: [first],
    formerDevices: [],
    recoveryKey: body.recoveryKey,
    recoveryPoint: 0,
  };
  if (!areKeysDistinct(state)) return err(againstTheRules('a key stands twice'));
  const isSigned =
    (await verifyEntryBody(first.signatureKey, 'genesis', state.accountId, entry.body, entry.device.signature)) &&
    (await verifyEntryBody(state.recoveryKey, 'genesis', state.accountId, entry.body, entry.recovery));
  if (!isSigned) return err(badSignature);
  return checkStatements(state, { entry, body, hash });
};

const applyDeviceEntry = async (previous: AccountState, decoded: DecodedEntry): Applied => {
  const { entry, body, hash } = decoded;
  if (entry.device === undefined || entry.recovery !== undefined) {
    return err(againstTheRules('a device entry is signed by a device'));
  }
  if (body.recoveryKey !== undefined) return err(againstTheRules('a device cannot change the recovery key'));
  if (body.added.length + body.removed.length === 0) return err(againstTheRules('an entry changes something'));
  if (!isAscending(body.removed) || body.removed.some((index) => findDevice(previous, index) === undefined)) {
    return err(againstTheRules('only a valid device can be removed, once'));
  }
  if (!areNewDevices(previous, body.added)) return err(againstTheRules('device indexes are never used again'));

  const isRemoved = ({ deviceIndex }: DeviceKeys): boolean => body.removed.includes(deviceIndex);
  const state: AccountState = {
    ...previous,
    head: hash,
    sequence: body.sequence,
    devices: [...previous.devices.filter((device) => !isRemoved(device)), ...body.added],
    formerDevices: [...previous.formerDevices, ...previous.devices.filter(isRemoved)],
  };
  const signer = findDevice(previous, entry.device.deviceIndex);
  if (signer === undefined) return err(againstTheRules('the signer is no valid device'));
  const { accountId } = previous;
  const isSigned = await verifyEntryBody(signer.signatureKey, 'device', accountId, entry.body, entry.device.signature);
  return isSigned ? checkResult(state, decoded) : err(badSignature);
};

const applyRecoveryEntry = async (previous: AccountState, decoded: DecodedEntry): Applied => {
  const { entry, body, hash } = decoded;
  if (entry.recovery === undefined || entry.device !== undefined) {
    return err(againstTheRules('a recovery entry is signed by the recovery key'));
  }
  if (body.removed.length > 0) return err(againstTheRules('a recovery entry lists the devices that stay'));
  // A listed device is either one that stays as it is, or a new one.
  const isKept = (device: DeviceKeys): boolean => {
    const known = findDevice(previous, device.deviceIndex);
    return known !== undefined && isSameDevice(known, device);
  };
  const isFresh = areNewDevices(
    previous,
    body.added.filter((device) => !isKept(device)),
  );
  if (!isFresh || !isAscending(body.added.map((device) => device.deviceIndex))) {
    return err(againstTheRules('device indexes are never used again'));
  }
  const isListed = ({ deviceIndex }: DeviceKeys): boolean =>
    body.added.some((device) => device.deviceIndex === deviceIndex);
  const state: AccountState = {
    ...previous,
    head: hash,
    sequence: body.sequence,
    devices: body.added,
    formerDevices: [...previous.formerDevices, ...previous.devices.filter((device) => !isListed(device))],
    recoveryKey: body.recoveryKey ?? previous.recoveryKey,
    recoveryPoint: body.sequence,
  };
  const { accountId, recoveryKey } = previous;
  const isSigned = await verifyEntryBody(recoveryKey, 'recovery', accountId, entry.body, entry.recovery);
  return isSigned ? checkResult(state, decoded) : err(badSignature);
};

const checkResult = (state: AccountState, decoded: DecodedEntry): Applied | Result<AccountState, AccountError> => {
  if (state.devices.length === 0) return err(againstTheRules('an account keeps a device'));
  if (state.devices.length > MAX_DEVICES) return err(againstTheRules(`more than ${MAX_DEVICES} devices`));
  if (!areKeysDistinct(state)) return err(againstTheRules('a key stands twice'));
  return checkStatements(state, decoded);
};

const checkStatements = async (state: AccountState, { entry, body }: DecodedEntry): Applied => {
  if (entry.statements.length !== body.added.length) return err(againstTheRules('one statement per added device'));
  for (const [position, keys] of body.added.entries()) {
    const statement = { accountId: state.accountId, previous: body.previous, keys };
    const signature = entry.statements[position];
    if (signature === undefined || !(await verifyDeviceStatement(statement, signature))) return err(badSignature);
  }
  return ok(state);
};

const areNewDevices = (previous: AccountState, added: readonly DeviceKeys[]): boolean => {
  const indexes = added.map((device) => device.deviceIndex);
  return isAscending(indexes) && (indexes[0] ?? Infinity) >= nextDeviceIndex(previous);
};

const isAscending = (indexes: readonly number[]): boolean =>
  indexes.every((index, position) => position === 0 || index > (indexes[position - 1] ?? Infinity));

const isSameDevice = (left: DeviceKeys, right: DeviceKeys): boolean =>
  equalBytes(left.signatureKey, right.signatureKey) && equalBytes(left.mailboxKey, right.mailboxKey);

/** No key serves two devices or two purposes, not even that of a removed device. */
const areKeysDistinct = (state: AccountState): boolean => {
  const keys = [...state.devices, ...state.formerDevices].flatMap((device) => [device.signatureKey, device.mailboxKey]);
  const all = [...keys, state.recoveryKey];
  return new Set(all.map((key) => key.join())).size === all.length;
};
