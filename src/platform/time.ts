import type { Clock, SetTimer } from '../domain/ports.ts';

export const clock: Clock = () => Date.now();

export const setTimer: SetTimer = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
};
