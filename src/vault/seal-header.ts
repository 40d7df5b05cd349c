import { importSigningKey, generateSignatureKeyPair, type SigningKey } from '../crypto/ecdsa-p384.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { importDerivationKey, type DerivationKey } from '../crypto/hkdf.ts';
import { generateKey, purge, type RootKey } from '../crypto/keys.ts';
import type { StretchPassword } from '../crypto/pbkdf2.ts';
import type { RandomBytes } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { encodeHeader, type HeaderBody, type Slot } from './header-format.ts';
import { wrapHeaderKey, wrapVaultKeys, type VaultKeys } from './root-key.ts';
import { createPasswordSlot, sealRootToSlot, type SlotIdentity } from './slot.ts';

/** What it takes to write a header: R, and the key that signs. */
export type HeaderSecrets = { readonly root: RootKey; readonly headerKey: SigningKey };

export type SealedHeader = { readonly body: HeaderBody; readonly bytes: Bytes };

/** `body` under this sequence, R sealed anew to every slot. */
export const sealHeader = async (
  random: RandomBytes,
  { root, headerKey }: HeaderSecrets,
  body: Omit<HeaderBody, 'sequence' | 'slots'>,
  { sequence, identities }: { readonly sequence: number; readonly identities: readonly SlotIdentity[] },
): Promise<Result<SealedHeader, { readonly tag: 'header-forged' }>> => {
  const sealed = await Promise.all(
    identities.map((identity) => sealRootToSlot(random, root, body.vaultId, sequence, identity)),
  );
  const slots: Slot[] = [];
  for (const slot of sealed) {
    if (!slot.ok) return err({ tag: 'header-forged' });
    slots.push(slot.value);
  }
  const whole = { ...body, sequence, slots };
  return ok({ body: whole, bytes: await encodeHeader(whole, headerKey) });
};

/**
 * The header that follows once no page needs the page key before: made while R is there, and nothing in it is secret.
 * `undefined` where there is no such key.
 */
export const sealWithoutPreviousKey = async (
  random: RandomBytes,
  secrets: HeaderSecrets,
  { wrappedPreviousPageKey, ...body }: HeaderBody,
): Promise<Result<SealedHeader | undefined, { readonly tag: 'header-forged' }>> =>
  wrappedPreviousPageKey === undefined
    ? ok(undefined)
    : sealHeader(random, secrets, body, { sequence: body.sequence + 1, identities: body.slots });

/** A header that owes nothing to an earlier one: an R, a header key and a password slot of its own. */
export const makeHeader = async (
  deps: { readonly random: RandomBytes; readonly stretchPassword: StretchPassword; readonly kdfIterations: number },
  password: string,
  {
    keys,
    sequence,
    ...place
  }: Pick<HeaderBody, 'vaultId' | 'keyEpoch' | 'sequence' | 'label'> & {
    readonly keys: VaultKeys;
  },
): Promise<SealedHeader & { readonly rootHandle: DerivationKey; readonly finished: SealedHeader | undefined }> => {
  const { random } = deps;
  const root = generateKey<RootKey>(random);
  const rootHandle = await importDerivationKey(root);
  const headerPair = generateSignatureKeyPair(random);
  const wrappedHeaderKey = await wrapHeaderKey(random, rootHandle, place, headerPair);
  const headerKey = await importSigningKey(headerPair);
  purge(headerPair.secretKey);
  const wraps = await wrapVaultKeys(random, rootHandle, place, keys);
  const identity = await createPasswordSlot(deps, password, place.vaultId, await sha256(headerPair.publicKey));
  const body = { ...place, headerPublicKey: headerPair.publicKey, wrappedHeaderKey, ...wraps };
  const secrets = { root, headerKey };
  const sealed = await sealHeader(random, secrets, body, { sequence, identities: [identity] });
  const finished = sealed.ok ? await sealWithoutPreviousKey(random, secrets, sealed.value.body) : sealed;
  purge(root);
  if (!sealed.ok || !finished.ok) throw new Error('a key pair of our own making is not valid');
  return { ...sealed.value, rootHandle, finished: finished.value };
};
