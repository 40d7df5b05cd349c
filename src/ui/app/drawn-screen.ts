import type { VaultId } from '../../domain/ids.ts';
import type { Typed } from './app-context.ts';

/**
 * The unlock screen as index.html drew it before any script of the app was here. Its markup was made by the screen's own
 * component when the app was built (`render-unlock-screen.ts`).
 */
export type DrawnScreen = {
  readonly vaultId: VaultId;
  /** What was typed so far; given out once. */
  readonly takeTyped: () => Typed | undefined;
};

/** What the script in index.html leaves behind. */
type FirstLook = {
  readonly sottoDrawn?: { readonly vaultId: VaultId; readonly field: HTMLInputElement; readonly isSent: boolean };
};

/** Undefined where the page drew nothing: no account, several, or one that is open in another window. */
export const drawnByPage = (): DrawnScreen | undefined => {
  const drawn = (globalThis as FirstLook).sottoDrawn;
  if (drawn === undefined) return undefined;
  let isTaken = false;
  return {
    vaultId: drawn.vaultId,
    takeTyped() {
      if (isTaken) return undefined;
      isTaken = true;
      return { text: drawn.field.value, isSent: drawn.isSent };
    },
  };
};
