import type { SetTimer } from '../../domain/ports.ts';

/** Runs the first task at once, and what is asked for after it at most every `everyMs`: the newest of it, at the end. */
export const createPaced = (setTimer: SetTimer, everyMs: number): ((task: () => void) => void) => {
  let isResting = false;
  let next: (() => void) | undefined;

  const run = (task: () => void): void => {
    isResting = true;
    setTimer(() => {
      isResting = false;
      const due = next;
      next = undefined;
      if (due !== undefined) run(due);
    }, everyMs);
    task();
  };

  return (task) => {
    if (isResting) next = task;
    else run(task);
  };
};
