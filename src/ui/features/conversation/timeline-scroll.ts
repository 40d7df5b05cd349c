import { onBeforeUnmount, onMounted, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { Target, TimelineStore } from '../../stores/timeline-store.ts';
import { PAGE_ROWS, WINDOW_ROWS } from '../../stores/timeline-window.ts';
import type { DaySection } from './timeline-rows.ts';

/** Closer to the newest message than this counts as being there. */
const AT_BOTTOM_PX = 40;
const SCROLL_END_MS = 150;
/** A fling covers this much of its own speed before a page that is asked for now can be there. */
const LOOK_AHEAD_MS = 150;

type Deps = {
  readonly scroller: Readonly<ShallowRef<HTMLElement | null>>;
  readonly body: Readonly<ShallowRef<HTMLElement | null>>;
  readonly timeline: TimelineStore;
  readonly sections: ComputedRef<readonly DaySection[]>;
  /** Called when scrolling has ended and after rows have changed: what is on screen now stays for a while. */
  readonly onRest: () => void;
};

export type TimelineScroll = {
  readonly isAtBottom: Readonly<ShallowRef<boolean>>;
  readonly onScroll: (event: Event) => void;
  readonly onScrollEnd: () => void;
  /** The key of the lowest row of which anything can be seen. */
  readonly lowestVisibleKey: () => string | undefined;
};

/**
 * Keeps the reader's place. The scroller is `column-reverse` with one child, so its `scrollTop` is 0 at the newest
 * message and negative above: prepending, late heights above the reader and sticking to the bottom need no scroll
 * write at all (iOS drops those while a finger's momentum lasts). What remains is one rule: the row that is cut by the
 * upper edge stays where the reader last saw it.
 */
export const useTimelineScroll = ({ scroller, body, timeline, sections, onRest }: Deps): TimelineScroll => {
  const isAtBottom = shallowRef(true);
  /** On iOS a scroll write ends the momentum, so newer rows are dropped only when scrolling has ended. */
  const mayWriteWhileScrolling = !CSS.supports('-webkit-touch-callout', 'none');

  let held: { readonly row: HTMLElement; readonly at: number } | undefined;
  let sticks = true; // a state set by scrolling, not asked after an append: by then the answer has changed
  let baseBeforeChange = 0;
  let velocity = 0; // px per ms, negative towards older messages
  let last = { top: 0, at: 0 };
  let written: number | undefined; // what this file wrote to `scrollTop`: its echo is no movement of the reader
  let loading: 'older' | 'newer' | undefined; // since the reader last moved
  let endTimer: ReturnType<typeof setTimeout> | undefined;
  let hasLanded = false;

  const rows = () => [...(body.value?.querySelectorAll<HTMLElement>('[data-key]') ?? [])];
  const rowOf = (key: string) => body.value?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`) ?? undefined;
  const view = () => {
    const element = scroller.value;
    if (element === null) return undefined;
    const below = -element.scrollTop;
    return { element, below, above: element.scrollHeight - element.clientHeight - below };
  };

  /** The first of `all` for which `test` holds, if it holds for all that follow. */
  const firstWhere = (all: readonly HTMLElement[], test: (row: HTMLElement) => boolean) => {
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = all[middle];
      if (row !== undefined && test(row)) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  /** Where layout puts a row, whatever is scrolled meanwhile: a scroll moves both terms by the same amount. */
  const layoutTop = (row: HTMLElement, element: HTMLElement) => row.getBoundingClientRect().top + element.scrollTop;

  const hold = () => {
    const element = scroller.value;
    if (element === null) return;
    const edge = element.getBoundingClientRect().top;
    const all = rows();
    const row = all[firstWhere(all, (candidate) => candidate.getBoundingClientRect().bottom > edge)];
    held = row === undefined ? undefined : { row, at: layoutTop(row, element) };
  };

  const lowestVisibleKey = () => {
    const edge = scroller.value?.getBoundingClientRect().bottom ?? 0;
    const all = rows();
    return all[firstWhere(all, (row) => row.getBoundingClientRect().top >= edge) - 1]?.dataset.key;
  };

  /** Index of the held row in the window, so that trimming never reaches it. */
  const reading = () => {
    const key = held?.row.dataset.key;
    const index = timeline.window.value.messages.findIndex(({ messageId }) => timeline.keyOf(messageId) === key);
    return index < 0 ? timeline.window.value.messages.length : index;
  };

  const noteBottom = () => {
    const now = view();
    if (now === undefined) return;
    const isEnd = !timeline.window.value.hasNewer;
    sticks = isEnd && now.below < 2;
    isAtBottom.value = isEnd && now.below < AT_BOTTOM_PX;
  };

  const write = (element: HTMLElement, top: number) => {
    element.scrollTop = top;
    written = element.scrollTop;
    last = { ...last, top: written };
  };

  /** Puts the held row back. `base` is `scrollTop` from before the change: a shorter body clamps the live value. */
  const settle = (base: number) => {
    const element = scroller.value;
    if (element === null) return;
    if (sticks) {
      if (element.scrollTop !== 0) write(element, 0);
    } else if (held?.row.isConnected === true) {
      const moved = layoutTop(held.row, element) - held.at;
      if (Math.abs(moved) > 0.5) write(element, base + moved);
    }
    hold();
  };

  const bring = (row: HTMLElement, element: HTMLElement, wantedTop: number) => {
    write(
      element,
      element.scrollTop + row.getBoundingClientRect().top - element.getBoundingClientRect().top - wantedTop,
    );
  };

  const land = (target: Target) => {
    const element = scroller.value;
    if (element === null) return;
    const key =
      target.at === 'place' ? target.place.key : target.at === 'newest' ? undefined : timeline.keyOf(target.messageId);
    const row = key === undefined ? undefined : rowOf(key);
    if (row === undefined) toBottom(element);
    else if (target.at === 'place') bring(row, element, target.place.offset);
    else if (target.at === 'unread') bring(row, element, element.clientHeight * 0.3);
    else bring(row, element, Math.max(60, (element.clientHeight - row.offsetHeight) / 2));
    noteBottom();
    hold();
  };

  const toBottom = (element: HTMLElement) => {
    const isNear = hasLanded && -element.scrollTop < 1.5 * element.clientHeight;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    element.scrollTo({ top: 0, behavior: isNear && !isCalm ? 'smooth' : 'instant' });
  };

  /**
   * Loads before the reader gets there: three screens ahead, or as far as the present speed goes while a page is read.
   * A full window drops a page at one end for a page at the other, so the ends must not pull against each other: each
   * reaches over a third of the window at most, and until the reader moves only one of them loads.
   */
  const loadAhead = () => {
    const now = view();
    if (now === undefined || !timeline.isLoaded.value || now.element.clientHeight === 0) return;
    const { messages, hasOlder, hasNewer } = timeline.window.value;
    const isFull = messages.length > WINDOW_ROWS - PAGE_ROWS;
    const most = isFull ? (now.above + now.below) / 3 : Infinity;
    const reach = (towards: number) => Math.min(most, Math.max(3 * now.element.clientHeight, towards * LOOK_AHEAD_MS));
    if (hasOlder && loading !== 'newer' && now.above <= reach(-velocity)) {
      loading = 'older';
      void timeline.loadOlder(mayWriteWhileScrolling || velocity === 0, reading());
    } else if (hasNewer && loading !== 'older' && now.below <= reach(velocity)) {
      loading = 'newer';
      void timeline.loadNewer(reading());
    }
  };

  const onScrollEnd = () => {
    clearTimeout(endTimer);
    velocity = 0;
    if (!mayWriteWhileScrolling) timeline.trim(reading());
    loadAhead();
    onRest();
  };

  const onScroll = (event: Event) => {
    const top = scroller.value?.scrollTop ?? 0;
    if (top !== written) {
      const elapsed = event.timeStamp - last.at;
      velocity = elapsed > 0 && elapsed < SCROLL_END_MS ? (top - last.top) / elapsed : 0;
      last = { top, at: event.timeStamp };
      loading = undefined;
    }
    written = undefined;
    noteBottom();
    hold();
    loadAhead();
    clearTimeout(endTimer);
    endTimer = setTimeout(onScrollEnd, SCROLL_END_MS);
  };

  // The place is taken before the rows change and given back after they did, within one task: no frame in between.
  watch(
    sections,
    () => {
      hold();
      baseBeforeChange = scroller.value?.scrollTop ?? 0;
    },
    { flush: 'pre' },
  );
  watch(
    [sections, timeline.target],
    () => {
      const target = timeline.target.value;
      if (target !== undefined && timeline.isLoaded.value) {
        timeline.target.value = undefined;
        land(target);
        hasLanded = true;
      } else settle(baseBeforeChange);
      noteBottom();
      loadAhead();
      onRest();
    },
    { flush: 'post' },
  );

  /** Coming back to a conversation: to what is new, else to where one left. */
  const returnTarget = (): Target => {
    if (timeline.place.value !== undefined) return { at: 'place', place: timeline.place.value };
    if (timeline.firstUnread.value !== undefined) return { at: 'unread', messageId: timeline.firstUnread.value };
    return { at: 'newest' };
  };

  const observer = new ResizeObserver(() => {
    settle(scroller.value?.scrollTop ?? 0);
    loadAhead();
  });

  onMounted(() => {
    if (body.value !== null) observer.observe(body.value);
    if (scroller.value !== null) observer.observe(scroller.value);
    if (!timeline.isLoaded.value) {
      void timeline.open();
      return;
    }
    land(timeline.target.value ?? returnTarget());
    timeline.target.value = undefined;
    hasLanded = true;
    void timeline.refresh();
  });

  onBeforeUnmount(() => {
    observer.disconnect();
    clearTimeout(endTimer);
    hold();
    const key = held?.row.dataset.key;
    const edge = scroller.value?.getBoundingClientRect().top ?? 0;
    timeline.place.value =
      isAtBottom.value || held === undefined || key === undefined
        ? undefined
        : { key, offset: held.row.getBoundingClientRect().top - edge };
    if (isAtBottom.value) timeline.clearUnreadRule();
  });

  return { isAtBottom, onScroll, onScrollEnd, lowestVisibleKey };
};
