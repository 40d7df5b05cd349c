/** C2SP XAES-256-GCM, "Test vectors", and the same cipher put together from Node's AES. */
import { shake128 } from '@noble/hashes/sha3.js';
import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { bytesToHex } from '../domain/ids.ts';
import { utf8 } from './bytes.ts';
import { createAeadPageCipher } from './page-cipher-aead.ts';
import { xaes256Gcm, xaesAead } from './page-cipher-xaes.ts';
import { describePageCipher, type MakePageCipher } from './testing/page-cipher-contract.ts';

const nonce = utf8('ABCDEFGHIJKLMNOPQRSTUVWX');

test.each([
  [0x01, '', 'ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271'],
  [0x03, 'c2sp.org/XAES-256-GCM', '986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d'],
])('seals the example under the key of bytes %i', (keyByte, associatedData, sealed) => {
  const key = new Uint8Array(32).fill(keyByte);
  expect(bytesToHex(xaes256Gcm(key, nonce, utf8(associatedData)).encrypt(utf8('XAES-256-GCM')))).toBe(sealed);
});

test('seals 10,000 random messages as the specification does', () => {
  const random = shake128.create();
  const seen = shake128.create();
  const opaque = (): Uint8Array => random.xof(random.xof(1)[0] ?? 0);
  for (let count = 0; count < 10_000; count += 1) {
    const [key, nonceOfMessage] = [random.xof(32), random.xof(24)];
    const [plaintext, associatedData] = [opaque(), opaque()];
    seen.update(xaes256Gcm(key, nonceOfMessage, associatedData).encrypt(plaintext));
  }
  expect(bytesToHex(seen.xof(32))).toBe('e6b9edf2df6cec60c8cbd864e2211b597fb69a529160cd040d56c0c210081939');
});

const aesBlock = (key: Uint8Array, block: Uint8Array): Buffer =>
  createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(block);

/** Step by step as in "Detailed key derivation algorithm". */
const deriveWithNode = (key: Uint8Array, nonceBytes: Uint8Array): Buffer => {
  const encrypted = BigInt(`0x${aesBlock(key, new Uint8Array(16)).toString('hex')}`);
  const doubled = (encrypted << 1n) ^ (encrypted >> 127n === 1n ? (1n << 128n) | 0x87n : 0n);
  const half = Buffer.from(nonceBytes.subarray(0, 12)).toString('hex');
  const blocks = [`00015800${half}`, `00025800${half}`].map((block) =>
    Buffer.from((BigInt(`0x${block}`) ^ doubled).toString(16).padStart(32, '0'), 'hex'),
  );
  return Buffer.concat(blocks.map((block) => aesBlock(key, block)));
};

const makeNode: MakePageCipher = (random, key) =>
  createAeadPageCipher(
    {
      random,
      aead: {
        ...xaesAead,
        seal(keyBytes, nonceBytes, associatedData, page, record) {
          const derived = deriveWithNode(keyBytes, nonceBytes);
          const cipher = createCipheriv('aes-256-gcm', derived, nonceBytes.subarray(12)).setAAD(associatedData);
          record.set(Buffer.concat([cipher.update(page), cipher.final(), nonceBytes, cipher.getAuthTag()]));
        },
      },
    },
    { key },
  );

describePageCipher(
  'XAES-256-GCM beside Node',
  (random, key) => createAeadPageCipher({ random, aead: xaesAead }, { key }),
  makeNode,
);
