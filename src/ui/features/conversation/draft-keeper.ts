const PAUSE_MS = 400;

export type DraftKeeper = {
  readonly note: (draft: string) => void;
  /** Keeps what was noted last without waiting for the pause. */
  readonly keepNow: () => void;
};

/** Keeps a draft once typing pauses: each keystroke would be a transaction. `kept` is what is stored already. */
export const createDraftKeeper = (keep: (draft: string) => Promise<void>, kept: string): DraftKeeper => {
  let stored = kept;
  let latest = kept;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const keepNow = () => {
    clearTimeout(timer);
    if (latest === stored) return;
    const before = stored;
    const keeping = latest;
    stored = keeping;
    // The core may be gone at this moment, with the window that led it: not kept, so the next pause tries again.
    keep(keeping).catch(() => {
      if (stored === keeping) stored = before;
    });
  };

  return {
    note: (draft) => {
      latest = draft;
      clearTimeout(timer);
      timer = setTimeout(keepNow, PAUSE_MS);
    },
    keepNow,
  };
};
