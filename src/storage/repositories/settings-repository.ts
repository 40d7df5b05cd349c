import type { SqlConnection } from '../database.ts';
import type { Blob } from './columns.ts';

/** Values under fixed names, as bytes that their owner encodes (CBOR). */
export interface SettingsRepository {
  read(key: string): Blob | undefined;
  write(key: string, value: Uint8Array): void;
  remove(key: string): void;
}

export const createSettingsRepository = (db: SqlConnection): SettingsRepository => ({
  read: (key) => db.row<{ value: Blob }>('SELECT value FROM settings WHERE key = ?', [key])?.value,
  write: (key, value) => void db.run('INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)', [key, value]),
  remove: (key) => void db.run('DELETE FROM settings WHERE key = ?', [key]),
});
