import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';

/** Whether a media query holds now; follows the window. */
export const useMedia = (query: string): Readonly<ShallowRef<boolean>> => {
  const list = matchMedia(query);
  const holds = shallowRef(list.matches);
  const update = () => {
    holds.value = list.matches;
  };
  list.addEventListener('change', update);
  onScopeDispose(() => list.removeEventListener('change', update));
  return holds;
};

/** One pane at a time; the same line as in the style sheets. */
export const NARROW = '(width < 44rem)';
/** Room for the details beside the conversation. */
export const WIDE = '(width >= 68rem)';
