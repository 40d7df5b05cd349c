/**
 * Our narrow reading of RFC 9420: what a leaf and a key package may be. Every check is a pure function of public bytes
 * and of the directory, without a clock, so that all members decide alike.
 */
import type { Capabilities } from 'ts-mls/capabilities.js';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { extensionsSupportedByCapabilities } from 'ts-mls/extension.js';
import { decodeKeyPackage, encodeKeyPackage, verifyKeyPackage, type KeyPackage } from 'ts-mls/keyPackage.js';
import { verifyLeafNodeSignature, type LeafNode } from 'ts-mls/leafNode.js';
import { defaultLifetime } from 'ts-mls/lifetime.js';
import { p384 } from '@noble/curves/nist.js';
import { equalBytes } from '../../crypto/bytes.ts';
import { isUncompressedPoint } from '../../crypto/p384.ts';
import { leafIdentity, type LeafIdentity } from '../../wire/account-entry.ts';
import { CONVERSATION_EXTENSION, INTRODUCTION_EXTENSION } from '../../wire/group-extensions.ts';
import { decodeWith } from '../../wire/schema.ts';
import type { Directory } from '../directory.ts';
import { ifReadable } from './refusal.ts';
import { SUITE_NAME } from './suite.ts';

export const OUR_CAPABILITIES: Capabilities = {
  versions: ['mls10'],
  ciphersuites: [SUITE_NAME],
  extensions: [CONVERSATION_EXTENSION, INTRODUCTION_EXTENSION],
  proposals: [],
  credentials: ['basic'],
};
/** A clock would let two members judge differently; the relay and the 97 days of the private part bound the age. */
export const OUR_LIFETIME = defaultLifetime;
const MAX_KEY_PACKAGE_BYTES = 8_192;
const MAX_CAPABILITIES = 64;

/** `undefined` unless the bytes are exactly one well-formed key package of our suite, with a good signature. */
export const readKeyPackage = async (suite: CiphersuiteImpl, bytes: Uint8Array): Promise<KeyPackage | undefined> => {
  if (bytes.length > MAX_KEY_PACKAGE_BYTES) return undefined;
  const decoded = ifReadable(() => {
    const keyPackage = decodeKeyPackage(bytes, 0)?.[0];
    return keyPackage && equalBytes(encodeKeyPackage(keyPackage), bytes) ? keyPackage : undefined;
  });
  return decoded && (await isGoodKeyPackage(suite, decoded)) ? decoded : undefined;
};

export const isGoodKeyPackage = async (suite: CiphersuiteImpl, keyPackage: KeyPackage): Promise<boolean> =>
  keyPackage.version === 'mls10' &&
  keyPackage.cipherSuite === SUITE_NAME &&
  encodeKeyPackage(keyPackage).length <= MAX_KEY_PACKAGE_BYTES &&
  isPoint(keyPackage.initKey) &&
  !equalBytes(keyPackage.initKey, keyPackage.leafNode.hpkePublicKey) &&
  (await verifyKeyPackage(keyPackage, suite.signature)) &&
  (await isGoodLeaf(suite, keyPackage.leafNode, new Uint8Array(0), 0));

/** Shape and own signature (RFC 9420 §7.3). Group id and leaf count for leaves of commits only. */
export const isGoodLeaf = async (
  suite: CiphersuiteImpl,
  leaf: LeafNode,
  groupId: Uint8Array,
  leafIndex: number,
): Promise<boolean> =>
  leaf.leafNodeSource !== 'update' &&
  (leaf.leafNodeSource === 'commit' || isOurLifetime(leaf.lifetime)) &&
  readIdentity(leaf) !== undefined &&
  isPoint(leaf.hpkePublicKey) &&
  isUncompressedPoint(leaf.signaturePublicKey) &&
  speaksOurProfile(leaf.capabilities) &&
  extensionsSupportedByCapabilities(leaf.extensions, leaf.capabilities) &&
  (await verifyLeafNodeSignature(leaf, groupId, leafIndex, suite.signature));

/**
 * Denied by default: a leaf is accepted only if its signature key is that of the device that it names, in a chain that
 * was shown. `mustBeValid`: a device that its account removed may still stand in the tree, but not enter or commit.
 */
export const isVouchedFor = (directory: Directory, leaf: LeafNode, mustBeValid: boolean): boolean => {
  const identity = readIdentity(leaf);
  const device = identity && directory.device(identity.accountId, identity.deviceIndex);
  if (device === undefined || (mustBeValid && !device.isValid)) return false;
  return equalBytes(device.signatureKey, leaf.signaturePublicKey);
};

export const readIdentity = (leaf: LeafNode): LeafIdentity | undefined => {
  if (leaf.credential.credentialType !== 'basic') return undefined;
  const identity = decodeWith(leafIdentity, leaf.credential.identity);
  return identity.ok ? identity.value : undefined;
};

/**
 * On the curve, uncompressed. In JavaScript and not at an engine's import, because a verdict on a commit must be the
 * same in every browser.
 */
export const isPoint = (bytes: Uint8Array): boolean => {
  if (!isUncompressedPoint(bytes)) return false;
  try {
    p384.Point.fromBytes(bytes).assertValidity();
    return true;
  } catch {
    return false;
  }
};

const isOurLifetime = ({ notBefore, notAfter }: typeof OUR_LIFETIME): boolean =>
  notBefore === OUR_LIFETIME.notBefore && notAfter === OUR_LIFETIME.notAfter;

const speaksOurProfile = (capabilities: Capabilities): boolean =>
  capabilities.versions.includes('mls10') &&
  capabilities.ciphersuites.includes(SUITE_NAME) &&
  capabilities.extensions.includes(CONVERSATION_EXTENSION) &&
  capabilities.credentials.includes('basic') &&
  Object.values(capabilities).every((list: readonly unknown[]) => list.length <= MAX_CAPABILITIES);
