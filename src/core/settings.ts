/** What rests in the `settings` table, under which name and in which shape. */
import { handle, handleClaim } from '../wire/account-entry.ts';
import { bytes, decodeWith, encodeWith, field, flag, struct, uint, type Schema } from '../wire/schema.ts';
import type { SettingsRepository } from '../storage/repositories/settings-repository.ts';

export type Setting<T> = { readonly key: string; readonly schema: Schema<T> };

/** The 32 bytes that 24 words write down; here until the words were shown and confirmed. */
export const RECOVERY_ENTROPY: Setting<Uint8Array<ArrayBuffer>> = { key: 'recovery-entropy', schema: bytes(32) };

/** The relay took entry 0. */
export const IS_REGISTERED: Setting<boolean> = { key: 'is-registered', schema: flag };

/** A handle that was wished for when there was no relay to ask. */
export const WISHED_HANDLE = { key: 'wished-handle', schema: struct({ handle: field(0, handle) }) } as const;

/** One that was wished for and found to be somebody else's; kept to be told, until another one is claimed. */
export const REFUSED_HANDLE = { key: 'refused-handle', schema: struct({ handle: field(0, handle) }) } as const;

/** The newest claim that the relay took: introductions carry it. */
export const HANDLE_CLAIM = { key: 'handle-claim', schema: handleClaim } as const;

/**
 * This store was found to be an old copy or one of two, and gave up what it could seal with. Kept to be told, and so that
 * a relay cannot make it do so again and again.
 */
export const OLDER_COPY = {
  key: 'older-copy',
  schema: struct({
    foundAtMs: field(0, uint()),
    /** It has its place in the account's chain again. */
    isBack: field(1, flag),
    /** Somebody has read what happened. */
    isRead: field(2, flag),
  }),
} as const;

/**
 * What was found then was no old copy: the relay was put back from a backup. Beside `OLDER_COPY`, whose shape an earlier
 * release reads too; counts for the one with the same time.
 */
export const RELAY_RESTORED = { key: 'relay-restored', schema: struct({ foundAtMs: field(0, uint()) }) } as const;

/** The encryption key was renewed, or is being moved to. */
export const KEY_RENEWED = { key: 'key-renewed', schema: struct({ orderedAtMs: field(0, uint()) }) } as const;

/** @throws if it does not decode: it was written here, and pages are sealed */
export const readSetting = <T>(settings: SettingsRepository, { key, schema }: Setting<T>): T | undefined => {
  const stored = settings.read(key);
  if (stored === undefined) return undefined;
  const decoded = decodeWith(schema, stored);
  if (!decoded.ok) throw new Error(`the setting ${key} does not decode`);
  return decoded.value;
};

export const writeSetting = <T>(settings: SettingsRepository, { key, schema }: Setting<T>, value: T): void =>
  settings.write(key, encodeWith(schema, value));
