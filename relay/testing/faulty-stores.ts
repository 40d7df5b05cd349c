/** Stores that break one promise each: the checks must see it. */
import { ok } from '../../src/domain/result.ts';
import type { RelayStore } from '../store/store.ts';

/** Says "stored" and stores a moment later: a kill in between loses what was acknowledged. */
export const answerBeforeCommit = (store: RelayStore): RelayStore => ({
  ...store,
  deposit: async (deposit) => {
    setTimeout(() => void store.deposit(deposit), 50);
    return ok({ sequence: 0, timeMs: deposit.nowMs, wake: [] });
  },
});

/** Looks first and takes later: whoever asks in between gets the same package. */
export const claimWithoutTransaction = (store: RelayStore): RelayStore => {
  let latest: ReturnType<RelayStore['claimKeyPackages']> | undefined;
  return {
    ...store,
    claimKeyPackages: (request) => {
      if (latest !== undefined) return latest;
      latest = store.claimKeyPackages(request);
      setTimeout(() => (latest = undefined), 5);
      return latest;
    },
  };
};

/** Compares the head and writes without holding anything in between: two commits follow one row. */
export const commitWithoutCompare = (store: RelayStore): RelayStore => ({
  ...store,
  acceptCommit: async (commit) => {
    const accepted = await store.acceptCommit(commit);
    if (accepted.ok || accepted.error.tag !== 'conflict') return accepted;
    return store.acceptCommit({ ...commit, head: accepted.error.newest });
  },
});

/** Sets whatever is asked for: of two that saw one value, both believe that theirs stands. */
export const swapWithoutCompare = (store: RelayStore): RelayStore => ({
  ...store,
  checkpoint: async (mailboxId, swap) => {
    if (swap === undefined) return store.checkpoint(mailboxId);
    const { value } = await store.checkpoint(mailboxId);
    return store.checkpoint(mailboxId, { ...(value && { expected: value }), next: swap.next });
  },
});
