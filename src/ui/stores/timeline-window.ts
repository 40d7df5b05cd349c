import type { MessageId } from '../../domain/ids.ts';
import type { Message, MessagePage } from '../../rpc/dto.ts';

/**
 * The part of a conversation that is loaded: a run of messages without gaps, oldest first. What lies beyond either
 * end stays in the database. Every function here is pure; nothing is ever changed in place.
 */
export type TimelineWindow = {
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
};

export const WINDOW_ROWS = 240;
export const PAGE_ROWS = 50;
/** Trimming never comes closer than this to the row that the reader looks at. */
const MARGIN_ROWS = 60;

export const emptyWindow: TimelineWindow = { messages: [], hasOlder: false, hasNewer: false };

export const windowOfPage = ({ messages, hasOlder, hasNewer }: MessagePage): TimelineWindow => ({
  messages,
  hasOlder,
  hasNewer,
});

/** Drops newer rows beyond `WINDOW_ROWS`, but none within reach of the reader at index `reading`. */
export const trimNewer = (window: TimelineWindow, reading: number): TimelineWindow => {
  const keep = Math.max(WINDOW_ROWS, reading + 1 + MARGIN_ROWS);
  if (window.messages.length <= keep) return window;
  return { ...window, messages: window.messages.slice(0, keep), hasNewer: true };
};

/** Drops older rows beyond `WINDOW_ROWS`, but none within reach of the reader at index `reading`. */
export const trimOlder = (window: TimelineWindow, reading: number): TimelineWindow => {
  const drop = Math.min(window.messages.length - WINDOW_ROWS, reading - MARGIN_ROWS);
  if (drop <= 0) return window;
  return { ...window, messages: window.messages.slice(drop), hasOlder: true };
};

/** Puts a page of older messages before the window. */
export const prependPage = (window: TimelineWindow, page: MessagePage): TimelineWindow => ({
  ...window,
  messages: [...withoutKnown(page.messages, window.messages), ...window.messages],
  hasOlder: page.hasOlder,
});

/** Puts a page of newer messages after the window. */
export const appendPage = (window: TimelineWindow, page: MessagePage): TimelineWindow => ({
  ...window,
  messages: [...window.messages, ...withoutKnown(page.messages, window.messages)],
  hasNewer: page.hasNewer,
});

/**
 * Takes in what an event brought: known messages are replaced where they stand, new ones enter at their position if
 * that lies inside the window, and what lies beyond an end that is not loaded waits for its page.
 */
export const mergeMessages = (
  window: TimelineWindow,
  changed: readonly Message[],
  deleted: readonly MessageId[] = [],
): TimelineWindow => {
  if (changed.length === 0 && deleted.length === 0) return window;
  const changedById = new Map(changed.map((message) => [message.messageId, message]));
  const gone = new Set(deleted);
  const kept = window.messages.flatMap((message) => {
    if (gone.has(message.messageId)) return [];
    const replacement = changedById.get(message.messageId);
    changedById.delete(message.messageId);
    return [replacement ?? message];
  });
  const entering = [...changedById.values()].filter((message) => !gone.has(message.messageId) && fits(window, message));
  return { ...window, messages: inOrder([...kept, ...entering]) };
};

const fits = (window: TimelineWindow, { position }: Message): boolean => {
  const first = window.messages[0];
  const last = window.messages.at(-1);
  if (first === undefined || last === undefined) return !window.hasOlder && !window.hasNewer;
  return (position > first.position || !window.hasOlder) && (position < last.position || !window.hasNewer);
};

const inOrder = (messages: readonly Message[]): readonly Message[] => {
  const isSorted = messages.every(({ position }, index) => position >= (messages[index - 1]?.position ?? ''));
  if (isSorted) return messages;
  return messages.toSorted((a, b) => (a.position < b.position ? -1 : 1));
};

const withoutKnown = (page: readonly Message[], known: readonly Message[]): readonly Message[] => {
  const ids = new Set(known.map((message) => message.messageId));
  return page.filter((message) => !ids.has(message.messageId));
};
