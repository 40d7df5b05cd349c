import type { MailboxId } from '../src/domain/ids.ts';

/** Tells that a mailbox may have something new. Lossy by design: the cursor is the truth. */
export interface WakeBus {
  readonly wake: (mailboxes: readonly MailboxId[]) => void;
  /** Answers how to stop listening. */
  readonly on: (mailboxId: MailboxId, listener: () => void) => () => void;
}

export const createWakeBus = (): WakeBus => {
  const listeners = new Map<MailboxId, Set<() => void>>();
  return {
    wake: (mailboxes) => {
      for (const mailboxId of mailboxes) for (const listener of listeners.get(mailboxId) ?? []) listener();
    },
    on: (mailboxId, listener) => {
      const all = listeners.get(mailboxId) ?? new Set();
      listeners.set(mailboxId, all.add(listener));
      return () => {
        all.delete(listener);
        if (all.size === 0) listeners.delete(mailboxId);
      };
    },
  };
};
