import { onScopeDispose } from 'vue';

export type ShortcutHandlers = {
  readonly search: () => void;
  readonly searchChat: () => void;
  readonly step: (direction: 1 | -1) => void;
  readonly help: () => void;
  /** Answers false when there was nothing to close, so that Escape may do what it does elsewhere. */
  readonly close: () => boolean;
};

const isApple = (): boolean => /Mac|iPhone|iPad/u.test(navigator.userAgent);

/** How the key is written on the keyboard in front of this person. */
export const modifierKey = (): string => (isApple() ? '⌘' : 'Ctrl');

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

const isDialogOpen = (): boolean => document.querySelector('dialog[open], [popover]:popover-open') !== null;

/** The keys that work everywhere while an account is open. A dialog or a menu keeps all keys to itself. */
export const useShortcuts = (handlers: ShortcutHandlers): void => {
  const actionOf = (event: KeyboardEvent): (() => void) | undefined => {
    const isCommand = isApple() ? event.metaKey : event.ctrlKey;
    const key = event.key.toLowerCase();
    if (isCommand && !event.shiftKey && !event.altKey && key === 'k') return handlers.search;
    if (isCommand && !event.shiftKey && !event.altKey && key === 'f') return handlers.searchChat;
    if (event.altKey && !isCommand && key === 'arrowup') return () => handlers.step(-1);
    if (event.altKey && !isCommand && key === 'arrowdown') return () => handlers.step(1);
    if (key === '?' && !isCommand && !isWriting(event.target)) return handlers.help;
    return undefined;
  };

  const onKeydown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || isDialogOpen()) return;
    if (event.key === 'Escape') {
      if (handlers.close()) event.preventDefault();
      return;
    }
    const action = actionOf(event);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  addEventListener('keydown', onKeydown);
  onScopeDispose(() => removeEventListener('keydown', onKeydown));
};
