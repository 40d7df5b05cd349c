import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { deriveBytes } from './hkdf.ts';
import { EXPORTER_LABELS, HASH_LABELS, KDF_LABELS, labelInfo, SEAL_LABELS, SIGNATURE_LABELS } from './labels.ts';

const kdfLabels = [...Object.values(KDF_LABELS), ...Object.values(EXPORTER_LABELS)];
const allLabels = [
  ...kdfLabels,
  ...Object.values(SEAL_LABELS),
  ...Object.values(SIGNATURE_LABELS),
  ...Object.values(HASH_LABELS),
];

test('an info is label, zero byte, CBOR of the context', () => {
  const info = labelInfo(SEAL_LABELS.page, [Uint8Array.of(1, 2, 3), 7]);
  expect(bytesToHex(info)).toBe('736f74746f2f312f7061676500824301020307');
  expect(bytesToHex(labelInfo(KDF_LABELS.recoveryKey))).toBe('736f74746f2f312f7265636f766572792d6b65790080');
});

test('every label is well formed, used once, and documented', async () => {
  const page = await readFile(new URL('../../docs/protocol/labels.md', import.meta.url), 'utf8');
  expect(new Set(allLabels).size).toBe(allLabels.length);
  for (const label of allLabels) expect(label).toMatch(/^sotto\/1\/[a-z0-9/-]+$/);
  expect(allLabels.filter((label) => !new RegExp(`^\\| \`${label}\` +\\|`, 'm').test(page))).toEqual([]);
});

test('every key derived by an earlier version is derived again', async () => {
  const secret = new Uint8Array(32).fill(1);
  const derived = await Promise.all(
    kdfLabels.map((label) => deriveBytes(secret, label, [Uint8Array.of(1, 2, 3), 7, 'text'], 32)),
  );
  expect(Object.fromEntries(kdfLabels.map((label, index) => [label, bytesToHex(derived[index]!)]))).toEqual(FROZEN);
});

const FROZEN = {
  'sotto/1/slot-pw': 'b7d10358c1884dc0b40592856c23571daad02a4f0ebcd40668f2763676eb7b7f',
  'sotto/1/slot-prf': '50b51d66888dfd5d8da8845657bca3815dd0854c7fd07851c97beda9613c1d8c',
  'sotto/1/slot-phrase': 'b640a809409cac0af3aae222fe57549b779ff8f385c67304cef48871828df0a4',
  'sotto/1/wrap/header': 'e80e5324304a35d8a8b7e00d832e463bcd53a8613a1b1dd60cee80ac612057ba',
  'sotto/1/wrap/page': '6b290de3621d68897097708cb965db16ede2ea47a15a3cb38f01cb2188bf5b29',
  'sotto/1/wrap/attachment': 'dd23499d6cc44630bd0ad73b1f0163bc414cfa6e68b30d7869a55180b895f59f',
  'sotto/1/wrap/backup': '10cef68e9850d6bf1e2eeed2f83185e66dcc601a9140fc93adc1c6b9ec340e0b',
  'sotto/1/wrap/device': '920b72752026be305cdf6d8530d253d9a21cd988f3983b6f55f10c8a739d1cfb',
  'sotto/1/recovery-key': '25c592b9e565ed98451f9bbabcaf8b58dc3f2c3935588f9d1281935486157479',
  'sotto/1/phrase-slot': '1a65224a98cb58556f67ad7387439f16bdfab18ab0b2aca1c035688676821648',
  'sotto/1/phrase-backup': '3482313702ad6f41b1d802e21d320c4c4aabed608d36bf7763cd7dd6db2c71dc',
  'sotto/1/deposit': 'f69dc42f5349897ebc57ec2e8f01f6645dfcfa64e3dd7045df2a88df46a0ffd1',
  'sotto/1/hint': '8d3d7a79f3b816b118e8bae556749d804b5dedc6470a4cefe3efbdaa84fa4754',
  'sotto/1/ephemeral': '9350892bcc78c735965c2499d902012d850be813328b264b8371d5f8181b4ecf',
};
