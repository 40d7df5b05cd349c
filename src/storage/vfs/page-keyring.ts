import type { PageKey, WalKey } from '../../crypto/keys.ts';
import type { PageCipher } from '../../crypto/page-cipher.ts';
import type { PageSuiteId } from '../../crypto/suites.ts';
import type { DatabaseId } from '../../domain/ids.ts';
import { createAssociatedData, type AssociatedDataFor } from './associated-data.ts';
import { FILE_KIND, type FileKind } from './layout.ts';

/** `undefined`: no cipher of this suite is known here. */
export type CreatePageCipher = (key: PageKey | WalKey, suiteId: PageSuiteId) => PageCipher | undefined;

/** The page key that the vault names, and its epoch; while data keys are rotated, the key before it as well. */
export interface PageKeys {
  readonly keyEpoch: number;
  readonly pageKey: PageKey;
  /** Of epoch `keyEpoch - 1`. */
  readonly previousPageKey?: PageKey | undefined;
}

export const pageKeyOf = (keys: PageKeys, keyEpoch: number): PageKey | undefined => {
  if (keyEpoch === keys.keyEpoch) return keys.pageKey;
  return keyEpoch === keys.keyEpoch - 1 ? keys.previousPageKey : undefined;
};

/** What seals the records of one key epoch. */
export interface EpochSeal {
  readonly keyEpoch: number;
  readonly cipher: PageCipher;
  readonly dataFor: (kind: FileKind) => AssociatedDataFor;
}

export const createEpochSeal = (cipher: PageCipher, databaseId: DatabaseId, keyEpoch: number): EpochSeal => {
  const data = new Map<FileKind, AssociatedDataFor>();
  return {
    keyEpoch,
    cipher,
    dataFor(kind) {
      let dataFor = data.get(kind);
      if (dataFor === undefined) {
        dataFor = createAssociatedData(databaseId, keyEpoch, kind);
        data.set(kind, dataFor);
      }
      return dataFor;
    },
  };
};

/** Seals under the newest key. While data keys are rotated, it opens what the key before it sealed as well. */
export interface PageKeyring {
  readonly newest: EpochSeal;
  readonly previous: EpochSeal | undefined;
  /** From now on everything is sealed under this one; the one before is kept for reading. */
  begin(next: EpochSeal): void;
  /** Undoes `begin`: nothing was sealed under it. */
  takeBack(): void;
  /** Nothing is sealed under the one before any more. */
  forgetPrevious(): void;
  sealPage(page: number, plain: Uint8Array, record: Uint8Array): void;
  openPage(page: number, record: Uint8Array, into: Uint8Array): boolean;
  destroy(): void;
}

export const createPageKeyring = (initial: EpochSeal, before?: EpochSeal): PageKeyring => {
  let newest = initial;
  let previous = before;

  const openUnder = (seal: EpochSeal, page: number, record: Uint8Array, into: Uint8Array): boolean =>
    seal.cipher.open(record, seal.dataFor(FILE_KIND.page)(page), into);

  return {
    get newest() {
      return newest;
    },
    get previous() {
      return previous;
    },
    begin(next) {
      previous = newest;
      newest = next;
    },
    takeBack() {
      if (previous === undefined) return;
      newest.cipher.destroy();
      newest = previous;
      previous = undefined;
    },
    forgetPrevious() {
      previous?.cipher.destroy();
      previous = undefined;
    },
    sealPage: (page, plain, record) => newest.cipher.seal(plain, newest.dataFor(FILE_KIND.page)(page), record),
    openPage: (page, record, into) =>
      openUnder(newest, page, record, into) || (previous !== undefined && openUnder(previous, page, record, into)),
    destroy() {
      newest.cipher.destroy();
      previous?.cipher.destroy();
    },
  };
};
