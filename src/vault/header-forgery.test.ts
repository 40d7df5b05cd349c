import { describe, expect, test } from 'vitest';
import { generateSignatureKeyPair, importSigningKey, type SignatureKeyPair } from '../crypto/ecdsa-p384.ts';
import { importDerivationKey } from '../crypto/hkdf.ts';
import { generateKey, type RootKey } from '../crypto/keys.ts';
import { createSeededRandom } from '../crypto/testing/seeded-random.ts';
import { encodeCbor } from '../wire/cbor.ts';
import { changePassword } from './change-vault.ts';
import { decodeHeader, encodeHeader, HEADER_FORMAT_VERSION, type HeaderBody } from './header-format.ts';
import { openHeader } from './open-header.ts';
import { generateVaultKeys, wrapHeaderKey, wrapVaultKeys } from './root-key.ts';
import { sealRootToSlot } from './slot.ts';
import { createMemoryHeaderStore } from './testing/memory-header-store.ts';
import { quickStretch } from './testing/quick-stretch.ts';
import { signAgain } from './testing/sign-again.ts';
import { copyOf, flipBit, makeVault, PASSWORD, rehash, tagOf, valueOf } from './testing/vault-kit.ts';
import { resumeVault, unlockVault } from './unlock-vault.ts';
import { readVaultSummary } from './vault-summary.ts';

const random = createSeededRandom('attacker');
const LATER = HEADER_FORMAT_VERSION + 1;

/** Somebody who can read and write the files, but knows no password. */
const tryToUnlock = async (file: Uint8Array, made: Awaited<ReturnType<typeof makeVault>>) => {
  const headerStore = createMemoryHeaderStore([file, file]);
  return tagOf(await unlockVault({ ...made.deps, headerStore }, { password: PASSWORD }));
};

const bodyOf = async (file: Uint8Array): Promise<HeaderBody> => valueOf(await decodeHeader(file)).body;

/** A root key, header key and data keys of the attacker's own, sealed to the slots of the vault as R would be. */
const forgeOwnRoot = async (body: HeaderBody): Promise<{ body: HeaderBody; pair: SignatureKeyPair }> => {
  const root = generateKey<RootKey>(random);
  const rootHandle = await importDerivationKey(root);
  const pair = generateSignatureKeyPair(random);
  const slots = await Promise.all(
    body.slots.map(async (slot) => valueOf(await sealRootToSlot(random, root, body.vaultId, body.sequence, slot))),
  );
  const wraps = await wrapVaultKeys(random, rootHandle, body, generateVaultKeys(random));
  const wrappedHeaderKey = await wrapHeaderKey(random, rootHandle, body, pair);
  return { body: { ...body, ...wraps, slots, wrappedHeaderKey, headerPublicKey: pair.publicKey }, pair };
};

describe('whoever can write the header, but knows no password', () => {
  test('cannot change any byte, even with the right hash at the end', async () => {
    const file = copyOf((await makeVault()).store);
    const seen = new Map<string, number>();
    for (let index = 0; index < file.length - 32; index += 1) {
      const forged = await rehash(flipBit(file, index * 8 + (index % 8)));
      const tag = tagOf(await decodeHeader(forged));
      seen.set(tag, (seen.get(tag) ?? 0) + 1);
    }
    // Bytes 10 and 11 are minReader.
    expect(Object.fromEntries(seen)).toEqual({ 'newer-format': 2, 'header-forged': file.length - 32 - 2 });
  });

  test('cannot put in a root key of his own under the genuine header key', async () => {
    const made = await makeVault();
    const genuine = await bodyOf(copyOf(made.store));
    const { body, pair } = await forgeOwnRoot(genuine);
    const claimed = { ...body, headerPublicKey: genuine.headerPublicKey };
    const file = await encodeHeader(claimed, await importSigningKey(pair));
    expect(await tryToUnlock(file, made)).toBe('header-forged');
  });

  test('cannot put in a root key and a header key of his own', async () => {
    const made = await makeVault();
    const { body, pair } = await forgeOwnRoot(await bodyOf(copyOf(made.store)));
    const file = await encodeHeader(body, await importSigningKey(pair));
    expect(tagOf(await decodeHeader(file))).toBe('ok'); // Whole and signed, by the wrong key.
    expect(await tryToUnlock(file, made)).toBe('header-forged');
    const headerStore = createMemoryHeaderStore([file, file]);
    const { resumeKey } = made.vault;
    expect(tagOf(await resumeVault({ headerStore }, { resumeKey }))).toBe('stale-resume-key');
  });

  test('cannot sign the genuine content again with a key of his own', async () => {
    const made = await makeVault();
    const pair = generateSignatureKeyPair(random);
    const body = { ...(await bodyOf(copyOf(made.store))), sequence: 9, headerPublicKey: pair.publicKey };
    expect(await tryToUnlock(await encodeHeader(body, await importSigningKey(pair)), made)).toBe('header-forged');
  });

  test.each([0, 1, 599_999, 10_000_001])('cannot make the password cheap or endless: %i iterations', async (count) => {
    const made = await makeVault();
    const { body, pair } = await forgeOwnRoot(await bodyOf(copyOf(made.store)));
    const slots = body.slots.map((slot) => ({ ...slot, parameters: encodeCbor(count) }));
    let isAsked = false;
    const file = await encodeHeader({ ...body, slots }, await importSigningKey(pair));
    const headerStore = createMemoryHeaderStore([file, file]);
    const stretchPassword = () => {
      isAsked = true;
      return Promise.resolve(new Uint8Array(64));
    };
    const unlocked = await unlockVault({ random, headerStore, stretchPassword }, { password: PASSWORD });
    expect(tagOf(unlocked)).toBe('header-forged');
    expect(isAsked).toBe(false);
  });

  test.each(['salt', 'parameters', 'id', 'publicKey', 'kdf'] as const)(
    'cannot change the %s of a slot',
    async (name) => {
      const made = await makeVault();
      const { body, pair } = await forgeOwnRoot(await bodyOf(copyOf(made.store)));
      const other = (await bodyOf(copyOf((await makeVault('another vault')).store))).slots[0]!;
      const changed = { ...other, parameters: encodeCbor(600_001), kdf: 2 };
      const slots = body.slots.map((slot) => ({ ...slot, [name]: changed[name] }));
      const file = await encodeHeader({ ...body, slots }, await importSigningKey(pair));
      expect(await tryToUnlock(file, made)).toBe(name === 'kdf' ? 'header-forged' : 'wrong-password');
    },
  );

  test('cannot bring the slot of another vault that has the same password', async () => {
    const made = await makeVault();
    const other = await bodyOf(copyOf((await makeVault('another vault')).store));
    const { body, pair } = await forgeOwnRoot(await bodyOf(copyOf(made.store)));
    const file = await encodeHeader({ ...body, slots: other.slots }, await importSigningKey(pair));
    expect(await tryToUnlock(file, made)).toBe('wrong-password');
  });

  test('cannot hide behind the other copy: a forged one is never silently passed over', async () => {
    const made = await makeVault();
    const good = copyOf(made.store);
    const forged = await rehash(flipBit(good, 8 * 400));
    for (const copies of [
      [forged, good],
      [good, forged],
    ] as const) {
      const headerStore = createMemoryHeaderStore(copies);
      expect(tagOf(await unlockVault({ ...made.deps, headerStore }, { password: PASSWORD }))).toBe('header-forged');
      expect(tagOf(await readVaultSummary(headerStore))).toBe('header-forged');
      expect(headerStore.writes).toEqual([]);
    }
  });

  test('cannot put one slot of an older header into the newer one', async () => {
    const made = await makeVault();
    const old = await bodyOf(copyOf(made.store));
    valueOf(await changePassword(made.deps, { currentPassword: PASSWORD, newPassword: 'another password' }));
    const now = await bodyOf(copyOf(made.store));
    const pair = generateSignatureKeyPair(random);
    const mixed = { ...now, slots: old.slots, headerPublicKey: pair.publicKey };
    expect(await tryToUnlock(await encodeHeader(mixed, await importSigningKey(pair)), made)).toBe('header-forged');
  });
});

describe('whoever signs a header of his own', () => {
  const makeOwn = async (label?: string) => {
    const { body, pair } = await forgeOwnRoot(await bodyOf(copyOf((await makeVault()).store)));
    const key = await importSigningKey(pair);
    return { key, file: await encodeHeader(label === undefined ? body : { ...body, label }, key) };
  };

  test.each([
    ['another magic', 0],
    ['another suite', 12],
    ['a length that is not the one of its body', 14],
  ])('is refused with %s', async (_name, offset) => {
    const { file, key } = await makeOwn();
    expect(tagOf(await decodeHeader(await signAgain(file, key, () => undefined)))).toBe('ok');
    const changed = await signAgain(file, key, (view) => {
      view.setUint16(offset, 0x0102);
    });
    expect(tagOf(await decodeHeader(changed))).toBe('header-forged');
  });

  test('cannot write over the unlock screen with its name', async () => {
    const { file } = await makeOwn('\u202eAda\n\u200b' + 'a'.repeat(100));
    const summary = valueOf(await readVaultSummary(createMemoryHeaderStore([file, file])));
    expect(summary.label).toBe('Ada ' + 'a'.repeat(60));
  });
});

describe('a header of a later version', () => {
  const withVersions = async (file: Uint8Array, format: number, minReader: number) => {
    const changed = file.slice();
    new DataView(changed.buffer).setUint16(8, format);
    new DataView(changed.buffer).setUint16(10, minReader);
    return rehash(changed);
  };

  test('that says it is not for this program is refused by its own name', async () => {
    const made = await makeVault();
    const file = await withVersions(copyOf(made.store), LATER, LATER);
    const headerStore = createMemoryHeaderStore([file, file]);
    const unlocked = await unlockVault({ ...made.deps, headerStore }, { password: PASSWORD });
    expect(unlocked).toEqual({ ok: false, error: { tag: 'newer-format', minReader: LATER } });
  });

  test('half written before this program came back is not opened at its older copy', async () => {
    const made = await makeVault();
    const file = await withVersions(copyOf(made.store), LATER, LATER);
    const headerStore = createMemoryHeaderStore([file, copyOf(made.store)]);
    const unlocked = await unlockVault({ ...made.deps, headerStore }, { password: PASSWORD });
    expect(tagOf(unlocked)).toBe('newer-format');
  });

  test('that this program may read is opened, extensions and all, and not rewritten', async () => {
    const made = await makeVault();
    const { headerKey, read } = valueOf(
      await openHeader({ headerStore: made.store, stretchPassword: quickStretch }, PASSWORD, 0),
    );
    const extended = await encodeHeader({ ...read.header.body, extensions: Uint8Array.of(1, 2, 3) }, headerKey);
    const file = await signAgain(extended, headerKey, (view) => {
      view.setUint16(8, LATER);
    });
    const deps = { ...made.deps, headerStore: createMemoryHeaderStore([file, file]) };
    expect(valueOf(await unlockVault(deps, { password: PASSWORD })).keys).toEqual(made.vault.keys);
    const changed = await changePassword(deps, { currentPassword: PASSWORD, newPassword: 'another password' });
    expect(tagOf(changed)).toBe('newer-format');
    expect(deps.headerStore.writes).toEqual([]);
  });
});
