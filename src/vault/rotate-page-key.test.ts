import { describe, expect, test } from 'vitest';
import { changePassword, changeVaultLabel } from './change-vault.ts';
import { decodeHeader, encodeHeader, type HeaderBody } from './header-format.ts';
import { openHeader } from './open-header.ts';
import { unwrapHeaderKey, unwrapVaultKeys } from './root-key.ts';
import { beginPageKeyRotation, finishPageKeyRotation } from './rotate-page-key.ts';
import { createMemoryHeaderStore, PowerLoss, type Cut, type Tail } from './testing/memory-header-store.ts';
import { quickStretch } from './testing/quick-stretch.ts';
import { signAgain } from './testing/sign-again.ts';
import { copyOf, flipBit, makeDeps, makeVault, PASSWORD, rehash, tagOf, valueOf } from './testing/vault-kit.ts';
import { resumeVault, unlockVault } from './unlock-vault.ts';
import { readVaultSummary } from './vault-summary.ts';

const NEW_PASSWORD = 'another password entirely';
const begin = { password: PASSWORD, isPreviousNeeded: false };

const bodyOf = async (file: Uint8Array): Promise<HeaderBody> => valueOf(await decodeHeader(file)).body;

const versionsOf = (file: Uint8Array): readonly number[] => {
  const view = new DataView(file.buffer, file.byteOffset);
  return [view.getUint16(8), view.getUint16(10)];
};

const makeRotating = async () => {
  const made = await makeVault();
  const before = copyOf(made.store).slice();
  const rotating = valueOf(await beginPageKeyRotation(made.deps, begin));
  return { ...made, before, rotating };
};

describe('a vault whose page key is renewed', () => {
  test('opens with the same password, and has the new page key beside the one before', async () => {
    const { deps, vault, rotating, store } = await makeRotating();
    const unlocked = valueOf(await unlockVault(deps, { password: PASSWORD, minimumSequence: 2 }));
    expect(unlocked.keys).toEqual(rotating.keys);
    expect(unlocked).toMatchObject({ vaultId: vault.vaultId, label: 'Ada', headerSequence: 2, keyEpoch: 2 });
    expect(unlocked.headerCopies).toBe('intact');
    expect(unlocked.keys.page).not.toEqual(vault.keys.page);
    expect(unlocked.keys).toEqual({ ...vault.keys, page: unlocked.keys.page, previousPage: vault.keys.page });
    expect(versionsOf(copyOf(store))).toEqual([2, 2]);
    expect(tagOf(await unlockVault(deps, { password: NEW_PASSWORD }))).toBe('wrong-password');
  });

  test('forgets the key before at the end, and is of the first format again', async () => {
    const { deps, store, rotating } = await makeRotating();
    expect(await finishPageKeyRotation(store, rotating.finished!)).toEqual({
      ok: true,
      value: { headerSequence: 3, headerCopies: 'intact' },
    });
    expect(versionsOf(copyOf(store))).toEqual([1, 1]);
    const unlocked = valueOf(await unlockVault(deps, { password: PASSWORD, minimumSequence: 3 }));
    const { previousPage: _forgotten, ...left } = rotating.keys;
    expect(unlocked.keys).toEqual(left);
    expect(unlocked).toMatchObject({ label: 'Ada', keyEpoch: 2, finished: undefined });
  });

  test('has nothing in it that an older copy of the header and its password open', async () => {
    const { before, store, rotating } = await makeRotating();
    const old = createMemoryHeaderStore([before, before]);
    const { rootHandle, slot } = valueOf(
      await openHeader({ headerStore: old, stretchPassword: quickStretch }, PASSWORD, 0),
    );
    const now = await bodyOf(copyOf(store));
    const then = await bodyOf(before);
    // The R of then, tried at the wraps of now, whichever of the two fields he believes.
    for (const keyEpoch of [then.keyEpoch, now.keyEpoch]) {
      expect(await unwrapVaultKeys(rootHandle, { ...now, keyEpoch })).toBeUndefined();
      expect(await unwrapHeaderKey(rootHandle, { ...now, keyEpoch })).toBeUndefined();
    }
    expect(now.headerPublicKey).not.toEqual(then.headerPublicKey);
    for (const field of ['id', 'salt', 'publicKey', 'sealedPart'] as const)
      expect(now.slots[0]![field]).not.toEqual(slot[field]);
    expect(tagOf(await resumeVault({ headerStore: store }, { resumeKey: rootHandle }))).toBe('stale-resume-key');
    const resumed = await resumeVault({ headerStore: store }, { resumeKey: structuredClone(rotating.resumeKey) });
    expect(valueOf(resumed).keys).toEqual(rotating.keys);
    expect(valueOf(resumed).finished).toBeUndefined();
  });

  test.each(['password', 'name'] as const)('keeps both keys when the %s is changed meanwhile', async (what) => {
    const { deps, store, rotating } = await makeRotating();
    const changed = valueOf(
      what === 'password'
        ? await changePassword(deps, { currentPassword: PASSWORD, newPassword: NEW_PASSWORD })
        : await changeVaultLabel(deps, { password: PASSWORD, label: 'Ada at work' }),
    );
    const password = what === 'password' ? NEW_PASSWORD : PASSWORD;
    expect(valueOf(await unlockVault(deps, { password, minimumSequence: 3 })).keys).toEqual(rotating.keys);
    // What was made for the header before the change would bring the old password back.
    const bytes = copyOf(store).slice();
    expect(tagOf(await finishPageKeyRotation(store, rotating.finished!))).toBe('header-changed');
    expect(copyOf(store)).toEqual(bytes);
    expect(tagOf(await finishPageKeyRotation(store, changed.finished!))).toBe('ok');
    expect(valueOf(await unlockVault(deps, { password, minimumSequence: 4 })).keys.previousPage).toBeUndefined();
    expect(valueOf(await readVaultSummary(store)).label).toBe(what === 'name' ? 'Ada at work' : 'Ada');
  });

  test('can be finished by the next unlocking with the password', async () => {
    const { deps, store } = await makeRotating();
    const { finished } = valueOf(await unlockVault(deps, { password: PASSWORD }));
    expect(tagOf(await finishPageKeyRotation(store, finished!))).toBe('ok');
    expect(versionsOf(copyOf(store))).toEqual([1, 1]);
  });

  test('can be renewed again once no page needs the key before, finished or not, and not earlier', async () => {
    const { deps, rotating } = await makeRotating();
    const tooEarly = beginPageKeyRotation(deps, { password: PASSWORD, isPreviousNeeded: true });
    await expect(tooEarly).rejects.toThrow('the one before is over');
    const again = valueOf(await beginPageKeyRotation(deps, begin));
    expect(again.keyEpoch).toBe(3);
    expect(again.keys.previousPage).toEqual(rotating.keys.page);
    expect(valueOf(await unlockVault(deps, { password: PASSWORD })).keys).toEqual(again.keys);
  });

  test('takes its password, and refuses an old header put back', async () => {
    const { deps, store } = await makeVault();
    const bytes = copyOf(store).slice();
    expect(tagOf(await beginPageKeyRotation(deps, { ...begin, password: NEW_PASSWORD }))).toBe('wrong-password');
    expect(tagOf(await beginPageKeyRotation(deps, { ...begin, minimumSequence: 2 }))).toBe('older-header');
    await expect(beginPageKeyRotation({ ...deps, kdfIterations: 1 }, begin)).rejects.toThrow(RangeError);
    expect(copyOf(store)).toEqual(bytes);
  });

  test.each(['slot', 'extensions'] as const)('is left alone where there is %s of a later version', async (what) => {
    const { deps, store } = await makeVault();
    const { headerKey, read } = valueOf(
      await openHeader({ headerStore: store, stretchPassword: quickStretch }, PASSWORD, 0),
    );
    const { body } = read.header;
    const other = { ...body.slots[0]!, id: new Uint8Array(16), kind: 2 };
    const later = what === 'slot' ? { slots: [...body.slots, other] } : { extensions: Uint8Array.of(1) };
    const file = await encodeHeader({ ...body, ...later }, headerKey);
    const headerStore = createMemoryHeaderStore([file, file]);
    expect(tagOf(await beginPageKeyRotation({ ...deps, headerStore }, begin))).toBe('newer-format');
    expect(headerStore.writes).toEqual([]);
  });
});

describe('a header with two page keys', () => {
  test('is told from a wrong password where it is damaged, and cannot be changed in any byte', async () => {
    const file = copyOf((await makeRotating()).store);
    const seen = new Set<string>();
    for (let bit = 0; bit < file.length * 8; bit += 1) seen.add(tagOf(await decodeHeader(flipBit(file, bit))));
    expect([...seen]).toEqual(['header-damaged']);
    const forged = new Map<string, number>();
    for (let index = 0; index < file.length - 32; index += 1) {
      const tag = tagOf(await decodeHeader(await rehash(flipBit(file, index * 8 + (index % 8)))));
      forged.set(tag, (forged.get(tag) ?? 0) + 1);
    }
    expect(Object.fromEntries(forged)).toEqual({ 'newer-format': 2, 'header-forged': file.length - 32 - 2 });
  });

  test('is refused where the second key is not the one that R sealed', async () => {
    const { deps, store } = await makeRotating();
    const { headerKey, read } = valueOf(
      await openHeader({ headerStore: store, stretchPassword: quickStretch }, PASSWORD, 0),
    );
    const { body } = read.header;
    const file = await encodeHeader({ ...body, wrappedPreviousPageKey: body.wrappedPageKey }, headerKey);
    const headerStore = createMemoryHeaderStore([file, file]);
    expect(tagOf(await unlockVault({ ...deps, headerStore }, { password: PASSWORD }))).toBe('header-forged');
  });

  test('is refused where it says that a reader of the first format may open it', async () => {
    const { store } = await makeRotating();
    const { headerKey, read } = valueOf(
      await openHeader({ headerStore: store, stretchPassword: quickStretch }, PASSWORD, 0),
    );
    const genuine = await encodeHeader(read.header.body, headerKey);
    expect(tagOf(await decodeHeader(genuine))).toBe('ok');
    const lowered = await signAgain(genuine, headerKey, (view) => view.setUint16(10, 1));
    expect(tagOf(await decodeHeader(lowered))).toBe('header-forged');
  });
});

describe('power is lost while the page key is renewed', () => {
  const TAILS: readonly Tail[] = ['nothing', 'old bytes', 'zeros'];
  const cutsOf = (headerBytes: number): readonly Cut[] => {
    const cuts: Cut[] = [];
    for (const write of [0, 1])
      for (let bytes = 0; bytes <= headerBytes; bytes += 89)
        cuts.push({ write, bytes, tail: TAILS[cuts.length % TAILS.length]! });
    return cuts;
  };

  test('at any moment of the beginning: the key of every page is there, and the next try succeeds', async () => {
    const { before, vault } = await makeRotating();
    const found = new Set<number>();
    for (const cut of cutsOf(before.length)) {
      const deps = makeDeps(createMemoryHeaderStore(), `cut ${cut.write} ${cut.bytes}`);
      const torn = createMemoryHeaderStore([before, before], cut);
      // Whoever dies in the second write has a header that counts, but is not told so: no page is sealed yet.
      const begun = await beginPageKeyRotation({ ...deps, headerStore: torn }, begin).catch((error: unknown) => error);
      if (cut.write === 0) expect(begun).toBeInstanceOf(PowerLoss);
      else expect(begun).toMatchObject({ ok: true, value: { headerCopies: 'one-left' } });

      const headerStore = createMemoryHeaderStore(torn.copies);
      const unlocked = valueOf(await unlockVault({ ...deps, headerStore }, { password: PASSWORD }));
      found.add(unlocked.keyEpoch);
      expect(unlocked.keyEpoch === 1 ? unlocked.keys.page : unlocked.keys.previousPage).toEqual(vault.keys.page);
      expect(copyOf(headerStore, 0)).toEqual(copyOf(headerStore, 1));
      expect(tagOf(await beginPageKeyRotation({ ...deps, headerStore }, begin))).toBe('ok');
    }
    expect([...found].toSorted()).toEqual([1, 2]);
  });

  test('at any moment of the end: the new key is there', async () => {
    const { deps, store, rotating } = await makeRotating();
    const file = copyOf(store);
    for (const cut of cutsOf(rotating.finished!.bytes.length)) {
      const torn = createMemoryHeaderStore([file, file], cut);
      await finishPageKeyRotation(torn, rotating.finished!).catch((error: unknown) => {
        expect(error).toBeInstanceOf(PowerLoss);
      });
      const headerStore = createMemoryHeaderStore(torn.copies);
      const unlocked = valueOf(await unlockVault({ ...deps, headerStore }, { password: PASSWORD }));
      expect(unlocked.keys.page).toEqual(rotating.keys.page);
      expect(unlocked.keyEpoch).toBe(2);
      if (unlocked.finished !== undefined)
        expect(tagOf(await finishPageKeyRotation(headerStore, unlocked.finished))).toBe('ok');
      expect(versionsOf(copyOf(headerStore))).toEqual([1, 1]);
    }
  });
});
