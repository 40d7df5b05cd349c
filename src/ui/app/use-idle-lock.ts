import { onScopeDispose } from 'vue';
import type { VaultId } from '../../domain/ids.ts';
import { createIdleLock } from './idle-lock.ts';

const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
const WAKINGS = ['visibilitychange', 'resume', 'pageshow', 'focus'] as const;

/** For the windows of one account, as long as its screens stand. */
export const useIdleLock = (options: {
  readonly vaultId: VaultId;
  readonly now: () => number;
  readonly minutes: () => number;
  readonly lock: () => void;
}): void => {
  const channel = new BroadcastChannel(`sotto:${options.vaultId}:touched`);
  const idle = createIdleLock({
    ...options,
    setTimer(task, delayMs) {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    tellTouched: () => channel.postMessage(undefined),
  });
  channel.onmessage = () => idle.noteTouchedElsewhere();
  const waking = (): void => idle.weigh();
  const touched = (): void => idle.noteTouched();
  for (const type of TOUCHES) addEventListener(type, touched, { capture: true, passive: true });
  for (const type of WAKINGS) addEventListener(type, waking, { capture: true });
  onScopeDispose(() => {
    idle.stop();
    channel.close();
    for (const type of TOUCHES) removeEventListener(type, touched, { capture: true });
    for (const type of WAKINGS) removeEventListener(type, waking, { capture: true });
  });
};
