/**
 * Nobody's keyboard is left nowhere: when what has the focus is taken off the page (a button that did its work, a row
 * that was deleted), the browser drops the focus to the page's body. It then goes to what stands at that place now.
 * Screens that know better put it themselves; this comes after them, and only where nothing has the focus.
 */
const FOCUSABLE = 'a[href], button:enabled, input:enabled, textarea:enabled, select:enabled, [tabindex="0"]';

type Gap = { readonly parent: Node; readonly before: Node | null };

const canTakeFocus = (element: HTMLElement): boolean =>
  element.tabIndex >= 0 && element.closest('[inert]') === null && element.checkVisibility({ visibilityProperty: true });

const focusablesIn = (node: Node): readonly HTMLElement[] =>
  node instanceof Element ? [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(canTakeFocus) : [];

/** The first after the gap, else the last before it, in the nearest element around it that has any. */
const heirOf = ({ parent, before }: Gap): HTMLElement | undefined => {
  const comesAfter = (element: HTMLElement): boolean => {
    const position = (before ?? parent).compareDocumentPosition(element);
    const isInside = (position & Node.DOCUMENT_POSITION_CONTAINED_BY) !== 0;
    return (position & Node.DOCUMENT_POSITION_FOLLOWING) !== 0 && (before === null || !isInside);
  };
  for (let around: Node | null = parent; around !== null; around = around.parentNode) {
    const all = focusablesIn(around);
    const heir = all.find(comesAfter) ?? all.at(-1);
    if (heir !== undefined) return heir;
  }
  return undefined;
};

/** Gone with its whole screen: the next one says where the focus goes (app-root.vue). */
const isScreen = (node: Node): boolean => node instanceof Element && node.querySelector('[data-screen-focus]') !== null;

export const keepFocus = (root: HTMLElement): void => {
  let last: HTMLElement | undefined;
  /** With a pointer the focus is not shown, and a field that took it would raise the keyboard of a phone. */
  let wasShown = false;
  const hasFocus = (): boolean => document.activeElement !== null && document.activeElement !== document.body;

  addEventListener('focusin', ({ target }) => {
    last = target instanceof HTMLElement ? target : undefined;
    wasShown = last?.matches(':focus-visible') === true;
  });
  // Left by somebody's own will there is nothing to keep. Some browsers say this of what is taken away as well.
  addEventListener('focusout', ({ target }) => {
    requestAnimationFrame(() => {
      if (last === target && document.activeElement !== target) last = undefined;
    });
  });

  /** A dialog gives the focus back, and a new screen takes it, within the next frame. */
  const passOn = async (gap: Gap): Promise<void> => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    if (!hasFocus()) heirOf(gap)?.focus({ preventScroll: true });
  };

  const observer = new MutationObserver((records) => {
    const lost = last;
    if (lost === undefined || !wasShown || hasFocus()) return;
    const record = records.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(lost)));
    if (record === undefined || [...record.removedNodes].some(isScreen)) return;
    if (lost.isConnected)
      lost.focus({ preventScroll: true }); // moved within its list
    else void passOn({ parent: record.target, before: record.previousSibling });
  });
  observer.observe(root, { childList: true, subtree: true });
};
