const PAUSE_MS = 400;

export type DraftKeeper = {
  readonly note: (draft: string) => void;
  /** Keeps what was noted last without waiting for the pause. True once it is stored. */
  readonly keepNow: () => Promise<boolean>;
  /** Nobody writes any more: what is noted is kept, or handed to `onLost`. */
  readonly close: () => void;
};

/** Keeps a draft once typing pauses: each keystroke would be a transaction. `kept` is what is stored already. */
export const createDraftKeeper = (
  keep: (draft: string) => Promise<void>,
  kept: string,
  onLost: (draft: string) => void,
): DraftKeeper => {
  let stored: string | undefined = kept;
  let latest = kept;
  let keeping = Promise.resolve(true);
  let isClosed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const keepNow = (): Promise<boolean> => {
    clearTimeout(timer);
    if (latest === stored) return keeping;
    const draft = latest;
    stored = draft;
    keeping = keep(draft).then(
      () => true,
      () => {
        // The core may be gone at this moment, with the window that led it: not kept, so the next pause tries again.
        if (stored === draft) stored = undefined;
        if (isClosed && latest === draft) onLost(draft);
        return false;
      },
    );
    return keeping;
  };

  return {
    note: (draft) => {
      latest = draft;
      clearTimeout(timer);
      if (isClosed) void keepNow();
      else timer = setTimeout(() => void keepNow(), PAUSE_MS);
    },
    keepNow,
    close: () => {
      isClosed = true;
      void keepNow();
    },
  };
};
