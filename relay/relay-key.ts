/** The relay's one secret: the key that its id is made of and that signs commit rows. */
import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import type { RelayId } from '../src/domain/ids.ts';
import type { RandomBytes } from '../src/domain/ports.ts';
import { toRelayId } from '../src/account/ids.ts';
import { generateSignatureKeyPair, labelledContent } from '../src/crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../src/crypto/labels.ts';
import { scalarToPkcs8 } from '../src/crypto/p384.ts';
import { commitRow } from '../src/wire/relay-api.ts';
import { encodeWith } from '../src/wire/schema.ts';
import type { Bytes, SignRow } from './store/store.ts';

export interface RelayKey {
  readonly relayId: RelayId;
  /** Uncompressed point, 97 bytes. */
  readonly publicKey: Bytes;
  readonly signRow: SignRow;
}

/** PKCS #8, DER. */
export const generateRelayKeyBytes = (random: RandomBytes): Bytes => {
  const pair = generateSignatureKeyPair(random);
  return scalarToPkcs8(pair.secretKey, pair.publicKey);
};

/** @throws if the bytes are no P-384 private key in PKCS #8 */
export const createRelayKey = (pkcs8: Uint8Array): RelayKey => {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  const publicKey = toPoint(key);
  return {
    relayId: toRelayId(publicKey),
    publicKey,
    signRow: (row) => {
      const bytes = encodeWith(commitRow, row);
      // Node's own signer, because WebCrypto answers later and a transaction cannot wait.
      const content = labelledContent(SIGNATURE_LABELS.commitRow, bytes);
      return { row: bytes, signature: new Uint8Array(sign('sha384', content, { key, dsaEncoding: 'ieee-p1363' })) };
    },
  };
};

const toPoint = (key: KeyObject): Bytes => {
  const { crv, x, y } = key.export({ format: 'jwk' });
  if (crv !== 'P-384' || x === undefined || y === undefined) throw new TypeError('the relay key is no P-384 key');
  return new Uint8Array(Buffer.concat([Buffer.of(0x04), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]));
};
