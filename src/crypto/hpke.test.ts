import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { hexToBytes } from '../domain/ids.ts';
import { concatBytes, utf8 } from './bytes.ts';
import { importEcdhPrivateKey, toEcdhKeyPair, type EcdhSecretKey } from './ecdh-p384.ts';
import { hpkeDeriveKeyPair, hpkeOpen } from './hpke.ts';
import { MLS_SUITES } from './suites.ts';
import { peer } from './testing/describe-hpke.ts';
import { createSeededRandom } from './testing/seeded-random.ts';
import { readVectors } from './testing/vectors.ts';

type CryptoBasics = readonly {
  readonly cipher_suite: number;
  readonly encrypt_with_label: Readonly<
    Record<'priv' | 'pub' | 'label' | 'context' | 'plaintext' | 'kem_output' | 'ciphertext', string>
  >;
}[];

test('opens the vector of RFC 9420 for suite 7', async ({ skip }) => {
  const vectors = await readVectors<CryptoBasics>((path) => readFile(path, 'utf8'), 'mls/crypto-basics.json');
  if ('absent' in vectors) return skip(vectors.absent);
  const suite = vectors.value.find((entry) => entry.cipher_suite === MLS_SUITES.p384Aes256GcmSha384);
  if (!suite) throw new Error('no vector for suite 7');
  const vector = suite.encrypt_with_label;

  const pair = toEcdhKeyPair(hexToBytes(vector.priv) as unknown as EcdhSecretKey);
  expect(pair.publicKey).toEqual(hexToBytes(vector.pub));

  // EncryptContext { label<V>, context<V> } (RFC 9420 §5.1.3); both are shorter than 64 bytes here.
  const label = utf8(`MLS 1.0 ${vector.label}`);
  const context = hexToBytes(vector.context);
  const info = concatBytes(Uint8Array.of(label.length), label, Uint8Array.of(context.length), context);
  const sealed = { enc: hexToBytes(vector.kem_output), ciphertext: hexToBytes(vector.ciphertext) };
  const opened = await hpkeOpen(await importEcdhPrivateKey(pair), sealed, info, new Uint8Array(0));
  expect(opened).toEqual({ ok: true, value: hexToBytes(vector.plaintext) });
});

// In Node only: where Firefox exports no JWK, the peer takes one of the two points with the right x.
test('a peer derives the same key pair', async () => {
  for (const seed of ['one', 'two', 'three']) {
    const inputKey = createSeededRandom(seed)(48);
    const ours = await hpkeDeriveKeyPair(inputKey);
    const theirs = await peer.kem.deriveKeyPair(inputKey);
    expect(new Uint8Array(await peer.kem.serializePublicKey(theirs.publicKey))).toEqual(ours.publicKey);
    expect(new Uint8Array(await peer.kem.serializePrivateKey(theirs.privateKey))).toEqual(ours.secretKey);
  }
});
