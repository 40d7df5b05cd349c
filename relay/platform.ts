/** What the relay takes from Node and its tests may take from elsewhere. */
import { randomFillSync } from 'node:crypto';
import type { RandomBytes, SetTimer } from '../src/domain/ports.ts';
import type { Defer } from './store/sqlite/group-commit.ts';

export const randomBytes: RandomBytes = (length) => randomFillSync(new Uint8Array(length));

export const setTimer: SetTimer = (task, delayMs) => {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
};

export const deferToEndOfTurn: Defer = (task) => void setImmediate(task);
