import { shallowRef, type ShallowRef } from 'vue';

/** A short sentence at the edge of the screen that goes away by itself. */
export type Notice = { readonly id: number; readonly text: string; readonly kind: 'done' | 'problem' };

export type NoticesStore = {
  readonly notices: Readonly<ShallowRef<readonly Notice[]>>;
  readonly say: (text: string, kind?: Notice['kind']) => void;
  readonly dismiss: (id: number) => void;
};

/** Time to read it: a fixed start and then about 15 characters a second. */
const readingMs = (text: string): number => 3_000 + text.length * 65;

export const createNoticesStore = (): NoticesStore => {
  const notices = shallowRef<readonly Notice[]>([]);
  let count = 0;

  const dismiss = (id: number) => {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  };

  return {
    notices,
    say: (text, kind = 'done') => {
      count += 1;
      const id = count;
      const others = notices.value.filter((notice) => notice.text !== text);
      notices.value = [...others, { id, text, kind }].slice(-3);
      setTimeout(() => dismiss(id), readingMs(text));
    },
    dismiss,
  };
};
