import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { Message } from '../../../rpc/dto.ts';
import type { TimelineRow } from './timeline-rows.ts';

type Deps = {
  readonly body: Readonly<ShallowRef<HTMLElement | null>>;
  readonly rows: ComputedRef<readonly TimelineRow[]>;
  /** Asked for by keyboard. */
  readonly onMenu: (row: TimelineRow, source: HTMLElement) => void;
};

export type TimelineFocus = {
  /** The one row that Tab reaches: where somebody was last, else the newest message. */
  readonly tabStop: ComputedRef<string | undefined>;
  readonly onFocusin: (key: string) => void;
  readonly onKeydown: (event: KeyboardEvent) => void;
  /** To the neighbour of a message that is about to go. */
  readonly moveFrom: (message: Message) => Promise<void>;
};

/** Which message has the focus, and where the keys move it. */
export const useTimelineFocus = ({ body, rows, onMenu }: Deps): TimelineFocus => {
  const focusedKey = shallowRef<string>();
  const tabStop = computed(() => {
    const focused = rows.value.find((row) => row.key === focusedKey.value);
    return (focused ?? rows.value.findLast((row) => row.message.body.kind !== 'notice'))?.key;
  });
  const articles = () => [...(body.value?.querySelectorAll<HTMLElement>('article') ?? [])];

  const onKeydown = (event: KeyboardEvent) => {
    const from = event.target instanceof HTMLElement ? event.target : undefined;
    if (from?.matches('article') !== true || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = articles();
    const at = all.indexOf(from);
    const next = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      focusedKey.value = next.dataset.key;
      next.focus();
    } else if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      event.preventDefault();
      const row = rows.value.find(({ key }) => key === from.dataset.key);
      if (row !== undefined) onMenu(row, from.querySelector<HTMLElement>('.bubble') ?? from);
    }
  };

  return {
    tabStop,
    onFocusin: (key) => {
      focusedKey.value = key;
    },
    onKeydown,
    async moveFrom({ messageId }) {
      const at = rows.value.findIndex((row) => row.message.messageId === messageId);
      const neighbour = (rows.value[at + 1] ?? rows.value[at - 1])?.key;
      // The dialog gives the focus back to a message that is gone, or is about to go.
      await new Promise(requestAnimationFrame);
      if (neighbour === undefined) return;
      const row = body.value?.querySelector<HTMLElement>(`article[data-key="${CSS.escape(neighbour)}"]`);
      row?.focus({ preventScroll: true });
    },
  };
};
