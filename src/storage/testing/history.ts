/**
 * Years of somebody's messages, made up: the same for the same options, on every machine. Few chats hold most of them,
 * they come in bursts, in several languages, from oneself and from others. What is searched and scrolled in benchmarks.
 */
import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import { bytesToHex } from '../../domain/ids.ts';
import type { Author } from '../repositories/message-rows.ts';
import { createTextWriter } from './history-text.ts';
import type { Language } from './history-words.ts';
import { seededChance } from './storage-fixture.ts';

export interface HistoryOptions {
  readonly seed: number;
  readonly messages: number;
  readonly conversations?: number;
  /** When the newest message was written; the history goes back `years` from here. */
  readonly endMs?: number;
  readonly years?: number;
}

export interface HistoryConversation {
  readonly conversationId: ConversationId;
  readonly title: string;
  /** One, or the members of a group. */
  readonly people: readonly Author[];
  readonly language: Language;
}

export interface HistoryMessage {
  /** Into the list of conversations. */
  readonly conversation: number;
  /** From 0, without gaps in each conversation. */
  readonly sequence: number;
  readonly messageId: MessageId;
  readonly author: Author;
  readonly isMine: boolean;
  readonly text: string;
  readonly atMs: number;
}

export interface History {
  readonly conversations: readonly HistoryConversation[];
  /** In the order of their arrival. Made one by one, so a history of any length needs no room. */
  messages(): Generator<HistoryMessage, void, undefined>;
}

export const HISTORY_OWNER: Author = { accountId: 'a0'.repeat(32) as AccountId, deviceIndex: 0 };

const CONVERSATIONS = 200;
const YEARS = 4;
const YEAR_MS = 365.25 * 24 * 3_600_000;
const END_MS = Date.UTC(2026, 6, 1);
const BURST_MESSAGES = 8;
const WRITING_MS = 20_000;
/** How often a chat is written to: the n-th about 1 / n^1.1 as often as the first. */
const SKEW = 1.1;
const OWN_SHARE = 0.45;
const GROUP_SHARE = 0.25;
const GROUP_PEOPLE_MAX = 30;
const FOREIGN_SHARE = 0.06;

const LANGUAGE_SHARES: readonly (readonly [Language, number])[] = [
  ['en', 0.35],
  ['de', 0.15],
  ['es', 0.13],
  ['fr', 0.1],
  ['zh', 0.12],
  ['ja', 0.08],
  ['ar', 0.07],
];

const idOf = <Id extends string>(prefix: number, number: number, length: number): Id =>
  (prefix.toString(16).padStart(2, '0') + number.toString(16).padStart(2 * length - 2, '0')) as Id;

export const createHistory = (options: HistoryOptions): History => {
  const { seed, messages: total, conversations: count = CONVERSATIONS } = options;
  const conversations = createConversations(seed, count);
  return { conversations, messages: () => writeMessages(options, total, conversations) };
};

const createConversations = (seed: number, count: number): readonly HistoryConversation[] => {
  const chance = seededChance(seed);
  const peopleCount = Math.max(2, Math.round(count * 1.5));
  const author = (): Author => ({
    accountId: idOf<AccountId>(0xb0, Math.floor(chance() ** 2 * peopleCount), 32),
    deviceIndex: chance() < 0.8 ? 0 : 1,
  });
  return Array.from({ length: count }, (_, number) => ({
    conversationId: idOf<ConversationId>(0xc0, number, 16),
    title: `Chat ${number + 1}`,
    people: Array.from({ length: chance() < GROUP_SHARE ? 2 + Math.floor(chance() * GROUP_PEOPLE_MAX) : 1 }, author),
    language: pickLanguage(chance()),
  }));
};

const pickLanguage = (drawn: number): Language => {
  let left = drawn;
  for (const [language, share] of LANGUAGE_SHARES) {
    if (left < share) return language;
    left -= share;
  }
  return 'en';
};

/** Numbers below `count`, smaller ones more often, by the sums of their shares. */
const createSkewedPick = (count: number): ((drawn: number) => number) => {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let number = 0; number < count; number += 1) sums[number] = sum += 1 / (number + 1) ** SKEW;
  return (drawn) => {
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < drawn * sum) low = middle + 1;
      else high = middle;
    }
    return low;
  };
};

function* writeMessages(
  { seed, endMs = END_MS, years = YEARS }: HistoryOptions,
  total: number,
  conversations: readonly HistoryConversation[],
): Generator<HistoryMessage, void, undefined> {
  const chance = seededChance(seed + 1);
  const writer = createTextWriter(chance);
  const pick = createSkewedPick(conversations.length);
  const sequences = new Uint32Array(conversations.length);
  const idBytes = new Uint8Array(10);
  const stepMs = (years * YEAR_MS) / total;
  let conversation = 0;
  let left = 0;

  const messageId = (atMs: number): MessageId => {
    for (let index = 0; index < idBytes.length; index += 1) idBytes[index] = Math.floor(chance() * 256);
    return (atMs.toString(16).padStart(12, '0') + bytesToHex(idBytes)) as MessageId;
  };

  for (let number = 0; number < total; number += 1) {
    if (left === 0) {
      conversation = pick(chance());
      left = 1 + Math.floor(-Math.log(1 - chance()) * BURST_MESSAGES);
    }
    left -= 1;
    const { people, language } = conversations[conversation]!;
    const isMine = chance() < (people.length > 1 ? OWN_SHARE / 3 : OWN_SHARE);
    // Never before the message that came before: a device numbers them as they come.
    const atMs = Math.round(endMs - (total - number) * stepMs + chance() * Math.min(stepMs, WRITING_MS));
    yield {
      conversation,
      sequence: sequences[conversation]!++,
      messageId: messageId(atMs),
      author: isMine ? HISTORY_OWNER : people[Math.floor(chance() * people.length)]!,
      isMine,
      text: writer.write(chance() < FOREIGN_SHARE ? pickLanguage(chance()) : language),
      atMs,
    };
  }
}
