import { expect, test } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { MIN_PROTOCOL_VERSION, PROTOCOL_VERSION } from './protocol-version.ts';
import { ALL_SCHEMAS } from './testing/all-schemas.ts';

/**
 * SHA-256 over the name and shape of everything that is sent or signed, by protocol version. A released hash never
 * changes: another shape is another version, with a line of history in protocol-version.ts and in docs/protocol/.
 */
const SCHEMA_HASHES: Readonly<Record<number, string>> = {
  1: '92b8374738d3e22c24c3f86235fe666bd9b2ae1433ace407e7afe2c052ffa8ce',
};

test('nobody changes the wire without a new version', async () => {
  const text = ALL_SCHEMAS.map(([name, { shape }]) => `${name} ${shape}\n`).join('');
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  expect(bytesToHex(new Uint8Array(hash))).toBe(SCHEMA_HASHES[PROTOCOL_VERSION]);
});

test('the version before is still spoken', () => {
  expect(MIN_PROTOCOL_VERSION).toBeGreaterThanOrEqual(Math.max(1, PROTOCOL_VERSION - 1));
  expect(MIN_PROTOCOL_VERSION).toBeLessThanOrEqual(PROTOCOL_VERSION);
});
