/**
 * One thing at a time. Everything that moves a group's ratchets (sync turns, accepting a request, starting a
 * conversation) goes through one queue: two commits or two messages made from one state would reuse a key.
 */
export interface TurnQueue {
  /** Runs `task` after all tasks given before it have ended, however they ended. */
  run<T>(task: () => Promise<T>): Promise<T>;
}

export const createTurnQueue = (): TurnQueue => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task) {
      const result = last.then(task, task);
      last = result.catch(() => undefined);
      return result;
    },
  };
};
