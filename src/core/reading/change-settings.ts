import type { Result } from '../../domain/result.ts';
import type { Settings } from '../../rpc/dto.ts';
import { commitChange, type NotStored } from '../context.ts';
import { readPreferences, writePreferences } from './preferences.ts';
import type { ReadingDeps } from './reading-deps.ts';

const DAY_MINUTES = 24 * 60;

const isFlag = (value: unknown): boolean => typeof value === 'boolean';

const IS_VALID: Readonly<Record<keyof Settings, (value: unknown) => boolean>> = {
  enterSends: isFlag,
  autoLockMinutes: (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= DAY_MINUTES,
};

/**
 * Changes what is named and keeps the rest.
 *
 * @throws TypeError for a setting that there is not, or a value that it cannot have: no page of ours offers one
 */
export const changeSettings = async (
  deps: Pick<ReadingDeps, 'db' | 'rows' | 'changes'>,
  change: Partial<Settings>,
): Promise<Result<Settings, NotStored>> => {
  refuseUnknown(change);
  return commitChange(deps, () => {
    writePreferences(deps.rows.settings, change);
    return readPreferences(deps.rows.settings);
  });
};

const refuseUnknown = (change: Partial<Settings>): void => {
  for (const [name, value] of Object.entries(change)) {
    if (!Object.hasOwn(IS_VALID, name)) throw new TypeError(`no such setting: ${name}`);
    if (!IS_VALID[name as keyof Settings](value)) throw new TypeError(`not a value of ${name}`);
  }
};
