import type { Result } from '../../domain/result.ts';
import { sha256 } from '../../crypto/hash.ts';
import { concatBytes, type Bytes } from '../../crypto/bytes.ts';
import { PBKDF2_MIN_ITERATIONS } from '../../crypto/pbkdf2.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { createVault, type WriteVaultDeps } from '../create-vault.ts';
import type { HeaderStore } from '../header-store.ts';
import { createMemoryHeaderStore, type MemoryHeaderStore } from './memory-header-store.ts';
import { quickStretch } from './quick-stretch.ts';
import type { UnlockedVault } from '../unlocked-vault.ts';

export const PASSWORD = 'correct horse battery staple';

export const makeDeps = (headerStore: HeaderStore, seed = 'vault'): WriteVaultDeps => ({
  random: createSeededRandom(seed),
  headerStore,
  kdfIterations: PBKDF2_MIN_ITERATIONS,
  stretchPassword: quickStretch,
});

export const valueOf = <T, E extends { readonly tag: string }>(result: Result<T, E>): T => {
  if (!result.ok) throw new Error(`unexpected: ${result.error.tag}`);
  return result.value;
};

/** The error's tag, or `ok`. */
export const tagOf = <E extends { readonly tag: string }>(result: Result<unknown, E>): E['tag'] | 'ok' =>
  result.ok ? 'ok' : result.error.tag;

export const makeVault = async (
  seed = 'vault',
): Promise<{ readonly store: MemoryHeaderStore; readonly vault: UnlockedVault; readonly deps: WriteVaultDeps }> => {
  const store = createMemoryHeaderStore();
  const deps = makeDeps(store, seed);
  return { store, deps, vault: valueOf(await createVault(deps, { password: PASSWORD, label: 'Ada' })) };
};

export const copyOf = (store: MemoryHeaderStore, copy: 0 | 1 = 0): Uint8Array => {
  const bytes = store.copies[copy];
  if (!bytes) throw new Error('no such copy');
  return bytes;
};

export const flipBit = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

/** What somebody does who can write the file: alters it and puts the right hash at the end. */
export const rehash = async (file: Uint8Array): Promise<Bytes> => {
  const content = file.subarray(0, -32);
  return concatBytes(content, await sha256(content));
};
