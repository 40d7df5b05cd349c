import type { WindowId } from './vault-channel.ts';

/** Which windows of an account are in front of somebody, as far as this one has heard. */
export type WindowPresence = {
  readonly isVisible: boolean;
  readonly others: ReadonlyMap<WindowId, boolean>;
};

/** @param isVisible undefined: it has left */
export const notePresence = (
  presence: WindowPresence,
  windowId: WindowId,
  isVisible: boolean | undefined,
): WindowPresence => {
  const others = new Map(presence.others);
  if (isVisible === undefined) others.delete(windowId);
  else others.set(windowId, isVisible);
  return { ...presence, others };
};

/** Everybody tells again: whoever crashed does not, and counts no more. */
export const forgetOthers = (presence: WindowPresence): WindowPresence => ({ ...presence, others: new Map() });

/**
 * Nobody sees this window, and somebody sees another one: that one should lead. The browser slows down and freezes what
 * nobody sees, and a frozen leader keeps its files. A window that crashed counts here until the next one leads; whoever
 * gives the lead away asks the browser whether a worker really waits for it.
 */
export const isBetterLed = ({ isVisible, others }: WindowPresence): boolean =>
  !isVisible && [...others.values()].includes(true);
