/**
 * A slot is one way to open a vault: a secret (here a password) seals the slot's own P-384 private key, and R is sealed
 * to the slot's public key. So a header can be rewritten, and R replaced, without asking for any other slot's secret.
 */
import { hexToBytes, type VaultId } from '../domain/ids.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { importAesKey, openAesGcm, sealAesGcm } from '../crypto/aes-gcm.ts';
import { concatBytes, type Bytes } from '../crypto/bytes.ts';
import {
  generateEcdhKeyPair,
  importEcdhPrivateKey,
  type EcdhPrivateKey,
  type EcdhSecretKey,
} from '../crypto/ecdh-p384.ts';
import { deriveBytes } from '../crypto/hkdf.ts';
import { hpkeOpen, hpkeSeal } from '../crypto/hpke.ts';
import { KEY_BYTES, purge, toKey, type RootKey } from '../crypto/keys.ts';
import { KDF_LABELS, labelInfo, SEAL_LABELS } from '../crypto/labels.ts';
import { P384_SCALAR_BYTES } from '../crypto/p384.ts';
import { isAllowedIterationCount, PBKDF2_SALT_BYTES, type StretchPassword } from '../crypto/pbkdf2.ts';
import { decodeCbor, encodeCbor, type CborValue } from '../wire/cbor.ts';
import type { Slot } from './header-format.ts';

/** Kinds of later versions (passkey, phrase) are kept, and R is sealed to them, though they cannot be opened here. */
export const SLOT_KINDS = { password: 1 } as const;
const SLOT_KDFS = { pbkdf2HmacSha512: 1 } as const;
const SLOT_ID_BYTES = 16;
const NO_ASSOCIATED_DATA = new Uint8Array(0);

/** What a slot is before R is sealed to it. */
export type SlotIdentity = Omit<Slot, 'rootEnc' | 'rootCiphertext'>;

/** What a slot's secret opens: the way to R, and the fingerprint of the key that must have signed the header. */
export type OpenedSlot = { readonly privateKey: EcdhPrivateKey; readonly headerKeyHash: Bytes };

export const isPasswordSlot = (slot: SlotIdentity): boolean => slot.kind === SLOT_KINDS.password;

/** The iteration count of a password slot; `undefined` where no version of ours would have written these fields. */
export const passwordIterations = (slot: SlotIdentity): number | undefined => {
  const decoded = decodeCbor(slot.parameters);
  const isOurs = slot.kdf === SLOT_KDFS.pbkdf2HmacSha512 && slot.salt.length === PBKDF2_SALT_BYTES && decoded.ok;
  return isOurs && typeof decoded.value === 'number' && isAllowedIterationCount(decoded.value)
    ? decoded.value
    : undefined;
};

export const createPasswordSlot = async (
  deps: { readonly random: RandomBytes; readonly stretchPassword: StretchPassword; readonly kdfIterations: number },
  password: string,
  vaultId: VaultId,
  headerKeyHash: Bytes,
): Promise<SlotIdentity> => {
  const { random, kdfIterations } = deps;
  const pair = generateEcdhKeyPair(random);
  const fields = {
    id: random(SLOT_ID_BYTES),
    kind: SLOT_KINDS.password,
    kdf: SLOT_KDFS.pbkdf2HmacSha512,
    parameters: encodeCbor(kdfIterations),
    salt: random(PBKDF2_SALT_BYTES),
    publicKey: pair.publicKey,
  };
  const context = slotContext(vaultId, fields);
  const slotKey = await passwordToSlotKey(deps.stretchPassword, password, fields.salt, kdfIterations, context);
  const part = concatBytes(pair.secretKey, headerKeyHash);
  const sealedPart = await sealAesGcm(random, slotKey, part, labelInfo(KDF_LABELS.slotPassword, context));
  purge(pair.secretKey, part);
  return { ...fields, sealedPart };
};

/** `undefined` where the password is not this slot's. */
export const openPasswordSlot = async (
  stretch: StretchPassword,
  password: string,
  vaultId: VaultId,
  slot: SlotIdentity,
  iterations: number,
): Promise<OpenedSlot | undefined> => {
  const context = slotContext(vaultId, slot);
  const slotKey = await passwordToSlotKey(stretch, password, slot.salt, iterations, context);
  const opened = await openAesGcm(slotKey, slot.sealedPart, labelInfo(KDF_LABELS.slotPassword, context));
  if (!opened.ok) return undefined;
  const secretKey = opened.value.slice(0, P384_SCALAR_BYTES) as unknown as EcdhSecretKey;
  const privateKey = await importEcdhPrivateKey({ secretKey, publicKey: slot.publicKey });
  const headerKeyHash = opened.value.slice(P384_SCALAR_BYTES);
  purge(secretKey, opened.value);
  return { privateKey, headerKeyHash };
};

/** R for one slot, in the header of one sequence: an older header's seal is refused in a newer one, and the reverse. */
export const sealRootToSlot = async (
  random: RandomBytes,
  root: RootKey,
  vaultId: VaultId,
  sequence: number,
  slot: SlotIdentity,
): Promise<Result<Slot, { readonly tag: 'invalid-public-key' }>> => {
  const info = rootInfo(vaultId, slot, sequence);
  const sealed = await hpkeSeal(random, slot.publicKey, info, NO_ASSOCIATED_DATA, root);
  if (!sealed.ok) return err(sealed.error);
  return ok({ ...slot, rootEnc: sealed.value.enc, rootCiphertext: sealed.value.ciphertext });
};

/** `undefined` where this is not R sealed to this slot for this sequence. */
export const openRoot = async (
  opened: OpenedSlot,
  vaultId: VaultId,
  sequence: number,
  slot: Slot,
): Promise<RootKey | undefined> => {
  const sealed = { enc: slot.rootEnc, ciphertext: slot.rootCiphertext };
  const root = await hpkeOpen(opened.privateKey, sealed, rootInfo(vaultId, slot, sequence), NO_ASSOCIATED_DATA);
  return root.ok ? toKey<RootKey>(root.value) : undefined;
};

const passwordToSlotKey = async (
  stretch: StretchPassword,
  password: string,
  salt: Bytes,
  iterations: number,
  context: readonly CborValue[],
) => {
  const stretched = await stretch(password, salt, iterations);
  const raw = await deriveBytes(stretched, KDF_LABELS.slotPassword, context, KEY_BYTES);
  const key = await importAesKey(raw);
  purge(stretched, raw);
  return key;
};

/** The slot's own fields: an attacker who changes one of them has a slot that no password opens. */
const slotContext = (vaultId: VaultId, slot: Omit<SlotIdentity, 'sealedPart'>): readonly CborValue[] => [
  hexToBytes(vaultId),
  slot.id,
  slot.kind,
  slot.kdf,
  slot.parameters,
  slot.salt,
  slot.publicKey,
];

const rootInfo = (vaultId: VaultId, slot: SlotIdentity, sequence: number): Bytes =>
  labelInfo(SEAL_LABELS.sealRoot, [hexToBytes(vaultId), slot.id, sequence]);
