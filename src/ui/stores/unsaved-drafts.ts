import type { ConversationId, VaultId } from '../../domain/ids.ts';

export type DraftPlace = { readonly vaultId: VaultId; readonly conversationId: ConversationId };

/**
 * The drafts of this window that are on their way into the database. What cannot be stored any more, because the core is
 * gone with the window that led the account, is held in this page's memory and nowhere else, until the account is open
 * here again.
 */
export type UnsavedDrafts = {
  /** `saveNow` answers false when it could not. Answers how to stop. */
  readonly register: (saveNow: () => Promise<boolean>) => () => void;
  /** Stores everything that is being written. False if some of it is not stored, `limitMs` later at the latest. */
  readonly settle: (limitMs: number) => Promise<boolean>;
  readonly hold: (place: DraftPlace, text: string) => void;
  /** Hands out what was held, once. */
  readonly take: (place: DraftPlace) => string | undefined;
};

export const createUnsavedDrafts = (): UnsavedDrafts => {
  const savers = new Set<() => Promise<boolean>>();
  const held = new Map<string, string>();
  const keyOf = ({ vaultId, conversationId }: DraftPlace) => `${vaultId} ${conversationId}`;

  return {
    register: (saveNow) => {
      savers.add(saveNow);
      return () => savers.delete(saveNow);
    },
    settle: async (limitMs) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const isLate = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), limitMs);
      });
      const saved = Promise.all([...savers].map((saveNow) => saveNow())).then((all) => all.every(Boolean));
      return Promise.race([saved, isLate]).finally(() => clearTimeout(timer));
    },
    hold: (place, text) => {
      held.set(keyOf(place), text);
    },
    take: (place) => {
      const text = held.get(keyOf(place));
      held.delete(keyOf(place));
      return text;
    },
  };
};
