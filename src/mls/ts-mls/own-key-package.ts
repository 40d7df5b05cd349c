import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { decodeKeyPackage, encodeKeyPackage, generateKeyPackageWithKey, makeKeyPackageRef } from 'ts-mls/keyPackage.js';
import { leafIdentity } from '../../wire/account-entry.ts';
import { bytes, decodeWith, encodeWith, field, struct, uint } from '../../wire/schema.ts';
import type { CreatedKeyPackage, DeviceSigner } from '../engine.ts';
import { PRIVATE_KEY_BYTES } from './hpke-suite.ts';
import type { OwnKeyPackage } from './join.ts';
import { OUR_CAPABILITIES, OUR_LIFETIME } from './profile.ts';
import { ifReadable } from './refusal.ts';
import { ENGINE_ID, STATE_VERSION } from './stored-state.ts';
import { SIGNING_KEY_HANDLE } from './suite.ts';

const privatePart = struct({
  engine: field(0, uint(0xff)),
  version: field(1, uint(0xffff)),
  keyPackage: field(2, bytes(1, 8_192)),
  initPrivateKey: field(3, bytes(PRIVATE_KEY_BYTES)),
  leafPrivateKey: field(4, bytes(PRIVATE_KEY_BYTES)),
});

export const generateOwnKeyPackage = async (suite: CiphersuiteImpl, signer: DeviceSigner): Promise<OwnKeyPackage> => {
  const generated = await generateKeyPackageWithKey(
    { credentialType: 'basic', identity: encodeWith(leafIdentity, signer.identity) },
    OUR_CAPABILITIES,
    OUR_LIFETIME,
    [],
    { publicKey: signer.publicKey, signKey: SIGNING_KEY_HANDLE },
    suite,
  );
  return {
    keyPackage: generated.publicPackage,
    initPrivateKey: generated.privatePackage.initPrivateKey,
    leafPrivateKey: generated.privatePackage.hpkePrivateKey,
  };
};

export const storeOwnKeyPackage = async (suite: CiphersuiteImpl, own: OwnKeyPackage): Promise<CreatedKeyPackage> => {
  const keyPackage = encodeKeyPackage(own.keyPackage).slice();
  const stored = encodeWith(privatePart, {
    engine: ENGINE_ID,
    version: STATE_VERSION,
    keyPackage,
    initPrivateKey: own.initPrivateKey.slice(),
    leafPrivateKey: own.leafPrivateKey.slice(),
  });
  const reference = (await makeKeyPackageRef(own.keyPackage, suite.hash)).slice();
  return { keyPackage, reference, privatePart: stored };
};

/** `undefined` if it was not written by this engine in this version. */
export const loadOwnKeyPackage = (stored: Uint8Array): OwnKeyPackage | undefined => {
  const decoded = decodeWith(privatePart, stored);
  if (!decoded.ok || decoded.value.engine !== ENGINE_ID || decoded.value.version !== STATE_VERSION) return undefined;
  const { initPrivateKey, leafPrivateKey } = decoded.value;
  const keyPackage = ifReadable(() => decodeKeyPackage(decoded.value.keyPackage, 0)?.[0]);
  return keyPackage && { keyPackage, initPrivateKey, leafPrivateKey };
};
