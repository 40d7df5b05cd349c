import { effectScope, shallowRef, watchEffect, type ShallowRef } from 'vue';

export const THEMES = ['system', 'light', 'dark'] as const;
export const TEXT_SIZES = ['small', 'normal', 'large', 'largest'] as const;
export type Theme = (typeof THEMES)[number];
export type TextSize = (typeof TEXT_SIZES)[number];

/**
 * How this browser shows the app. It rests in clear in localStorage, because it is needed before any account is open:
 * so nothing that says who somebody is or whom they write to may ever go in here.
 */
export type Preferences = { readonly theme: Theme; readonly textSize: TextSize; readonly showsDetails: boolean };

export type PreferencesStore = {
  readonly current: Readonly<ShallowRef<Preferences>>;
  readonly change: (change: Partial<Preferences>) => void;
};

const KEY = 'sotto.preferences'; // index.html reads it before the first paint
const defaults: Preferences = { theme: 'system', textSize: 'normal', showsDetails: true };

/** What is stored may be of another version, or edited by hand: each field is taken only if it is known. */
export const readPreferences = (stored: string | null): Preferences => {
  let raw: unknown;
  try {
    raw = JSON.parse(stored ?? '{}');
  } catch {
    return defaults;
  }
  if (typeof raw !== 'object' || raw === null) return defaults;
  const { theme, textSize, showsDetails } = raw as Partial<Record<keyof Preferences, unknown>>;
  return {
    theme: THEMES.find((known) => known === theme) ?? defaults.theme,
    textSize: TEXT_SIZES.find((known) => known === textSize) ?? defaults.textSize,
    showsDetails: typeof showsDetails === 'boolean' ? showsDetails : defaults.showsDetails,
  };
};

/** The bar of the browser follows the chosen theme, not the one of the system. */
const BAR_COLOURS = { light: '#fdfdfb', dark: '#121a1c' } as const; // as in index.html
const colourBrowserBar = (theme: Theme): void => {
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    const own = meta.media.includes('dark') ? 'dark' : 'light';
    meta.content = BAR_COLOURS[theme === 'system' ? own : theme];
  }
};

export const createPreferencesStore = (storage: Storage, root: HTMLElement): PreferencesStore => {
  const current = shallowRef(readPreferences(storage.getItem(KEY)));

  effectScope(true).run(() => {
    watchEffect(() => {
      const { theme, textSize } = current.value;
      if (theme === 'system') delete root.dataset.theme;
      else root.dataset.theme = theme;
      if (textSize === 'normal') delete root.dataset.textSize;
      else root.dataset.textSize = textSize;
      colourBrowserBar(theme);
    });
  });

  return {
    current,
    change: (change) => {
      current.value = { ...current.value, ...change };
      storage.setItem(KEY, JSON.stringify(current.value));
    },
  };
};
