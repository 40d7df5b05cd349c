import type { VaultId } from '../../domain/ids.ts';
import type { Typed } from './app-context.ts';

/**
 * The unlock screen as index.html drew it before any script of the app was here. Its markup was made by the screen's own
 * component when the app was built (`render-unlock-screen.ts`).
 */
export type DrawnScreen = {
  readonly vaultId: VaultId;
  /** What was typed so far; given out once. From then on nothing here leads to the field any more. */
  readonly takeTyped: () => Typed | undefined;
};

/** What the script in index.html leaves behind. */
type Drawn = { readonly vaultId: VaultId; readonly field: HTMLInputElement; readonly isSent: boolean };
type FirstLook = { sottoDrawn?: Drawn | undefined };

/**
 * Undefined where the page drew nothing: no account, several, or one that is open in another window. Takes it away from
 * the page: whoever holds the field can read the password in it, also when the account is locked again.
 */
export const drawnByPage = (): DrawnScreen | undefined => {
  const page = globalThis as FirstLook;
  let drawn = page.sottoDrawn;
  delete page.sottoDrawn;
  if (drawn === undefined) return undefined;
  return {
    vaultId: drawn.vaultId,
    takeTyped() {
      const typed = drawn && { text: drawn.field.value, isSent: drawn.isSent };
      drawn = undefined;
      return typed;
    },
  };
};
