import type { SqlConnection } from '../database.ts';
import type { Blob } from './columns.ts';

/** A key pair of this device. The private half is wrapped by the vault and unwrapped as a non-extractable key. */
export interface DeviceKey {
  readonly publicKey: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly createdAtMs: number;
}

export interface DeviceKeysRepository {
  read(name: string): DeviceKey | undefined;
  save(name: string, key: DeviceKey): void;
  remove(name: string): void;
}

interface Row {
  readonly public_key: Blob;
  readonly wrapped: Blob;
  readonly created_at: number;
}

export const createDeviceKeysRepository = (db: SqlConnection): DeviceKeysRepository => ({
  read(name) {
    const row = db.row<Row>('SELECT public_key, wrapped, created_at FROM device_keys WHERE name = ?', [name]);
    return row && { publicKey: row.public_key, wrapped: row.wrapped, createdAtMs: row.created_at };
  },
  save(name, key) {
    db.run('INSERT OR REPLACE INTO device_keys (name, public_key, wrapped, created_at) VALUES (?, ?, ?, ?)', [
      name,
      key.publicKey,
      key.wrapped,
      key.createdAtMs,
    ]);
  },
  remove: (name) => void db.run('DELETE FROM device_keys WHERE name = ?', [name]),
});
