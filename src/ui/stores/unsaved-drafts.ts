import type { ConversationId, VaultId } from '../../domain/ids.ts';
import type { UnansweredSend } from './pending-sends.ts';

export type DraftPlace = { readonly vaultId: VaultId; readonly conversationId: ConversationId };

export type HeldDraft = {
  readonly text: string;
  /** What this text may have become already. */
  readonly unanswered: UnansweredSend | undefined;
};

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
  readonly hold: (place: DraftPlace, draft: HeldDraft) => void;
  /** Hands out what was held, once. */
  readonly take: (place: DraftPlace) => HeldDraft | undefined;
};

export const createUnsavedDrafts = (): UnsavedDrafts => {
  const savers = new Set<() => Promise<boolean>>();
  const held = new Map<string, HeldDraft>();
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
    hold: (place, draft) => {
      held.set(keyOf(place), draft);
    },
    take: (place) => {
      const draft = held.get(keyOf(place));
      held.delete(keyOf(place));
      return draft;
    },
  };
};
