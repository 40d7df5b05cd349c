import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import { useApp } from './app-context.ts';

const MINUTE_MS = 60_000;

/** The wall clock to the minute: enough for "today" and for weekdays, and cheap for everything that depends on it. */
export const useMinute = (): Readonly<ShallowRef<number>> => {
  const { now } = useApp();
  const minute = shallowRef(now());
  const timer = setInterval(() => {
    minute.value = now();
  }, MINUTE_MS);
  onScopeDispose(() => clearInterval(timer));
  return minute;
};
