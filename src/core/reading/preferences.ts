import type { Settings } from '../../rpc/dto.ts';
import type { SettingsRepository } from '../../storage/repositories/settings-repository.ts';
import { flag, uint } from '../../wire/schema.ts';
import { readSetting, writeSetting, type Setting } from '../settings.ts';

/** What holds until somebody chooses otherwise. */
const DEFAULTS: Settings = { enterSends: true, autoLockMinutes: 0 };

/**
 * One row for each, so that two releases may write to one account: rows of a later release are not looked at here, and
 * stay. A name is never used again for values of another shape.
 */
const PREFERENCES: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  enterSends: { key: 'preference:enter-sends', schema: flag },
  autoLockMinutes: { key: 'preference:auto-lock-minutes', schema: uint(100_000) },
};

export const readPreferences = (settings: SettingsRepository): Settings => ({
  enterSends: readSetting(settings, PREFERENCES.enterSends) ?? DEFAULTS.enterSends,
  autoLockMinutes: readSetting(settings, PREFERENCES.autoLockMinutes) ?? DEFAULTS.autoLockMinutes,
});

/** Writes what is named. Within a transaction. */
export const writePreferences = (settings: SettingsRepository, change: Partial<Settings>): void => {
  const { enterSends, autoLockMinutes } = change;
  if (enterSends !== undefined) writeSetting(settings, PREFERENCES.enterSends, enterSends);
  if (autoLockMinutes !== undefined) writeSetting(settings, PREFERENCES.autoLockMinutes, autoLockMinutes);
};
