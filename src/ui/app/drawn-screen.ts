import type { Typed } from './app-context.ts';

/**
 * The unlock screen as index.html drew it before any script of the app was here. Its markup was made by the screen's own
 * component when the app was built (`render-unlock-screen.ts`).
 */
export type DrawnScreen = { readonly takeTyped: () => Typed | undefined };

/** What the script in index.html leaves behind. */
type FirstLook = {
  readonly sottoDrawn?: Promise<{ readonly field: HTMLInputElement; isSent: boolean } | undefined>;
};

/** Undefined where the page drew nothing: no account, several, or one that is open in another window. */
export const drawnByPage = async (): Promise<DrawnScreen | undefined> => {
  const drawn = await (globalThis as FirstLook).sottoDrawn;
  if (drawn === undefined) return undefined;
  let isTaken = false;
  return {
    takeTyped() {
      if (isTaken) return undefined;
      isTaken = true;
      return { text: drawn.field.value, isSent: drawn.isSent };
    },
  };
};
