import type { AccountId, ConversationId, MessageId } from '../../domain/ids.ts';
import type { Delivery, Message, MessageBody } from '../../rpc/dto.ts';

/** Deterministic content for the fake core: the same seed gives the same people saying the same things. */
export type Random = () => number;

/** mulberry32: small, good enough for pretending, and the same on every machine. */
export const createRandom = (seed: number): Random => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export const hex = (random: Random, bytes: number): string =>
  Array.from({ length: bytes }, () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0'),
  ).join('');

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;

export const CHATTER = [
  'Path is clear up to the ridge. I took the short way by the spring, about an hour before dark',
  'Good. I split enough wood for two nights.',
  'Yes please',
  'The stove drew well last time, so we can leave the second stack for spring.',
  'That is our light. I left at noon and it was cold by `16:10` last year.',
  'Then one of us carries the kettle. I can.',
  'the kettle stays with Noor then, and I bring rope, the small stove and both lamps',
  'Timetable is here: https://example.org/trains/2026?from=valley&to=pass (change at the second stop).',
  'on my way',
  'ok',
  'Did you find the key to the upper store? It was under the blue bucket.',
  'I will ask at the mill tomorrow. They owe me for the apples anyway.',
  'Take the long rope. The short one has a soft spot near the middle and I would not trust it over the gully.',
  'Half past eight then, at the lower car park. If it snows before seven we call it off, no heroics.',
  'Haha, exactly',
  'I keep thinking about what you said on the way down. You were right, it is not about the hut at all.\n\nLet us talk on Sunday?',
  '👍',
  '🔥🔥',
  'Coming up with soup 🍲 and the good bread',
  'Perfect, thank you',
  'Who has the spare batteries?',
  'Not me. Ask Jonas, he took the red box.',
  'Both tickets are booked, same coach, seats by the window.',
  'The forecast moved again: wind from the north-east, gusts of 60 on the ridge after three.',
];

export const MORE_LANGUAGES = [
  'Morgen früh um sieben, ich bringe die Brötchen mit. Größere Rucksäcke bitte zu Hause lassen.',
  'Nos vemos en la estación, junto al reloj. ¿Llevas tú las llaves?',
  'On se retrouve là-haut vers midi, j’apporte le fromage.',
  'سنلتقي عند المحطة الساعة الثامنة، وأنا أحضر المفتاح والخبز.',
  'אני אביא את הקומקום, תביאי את החבל הארוך.',
  '明天早上八点在车站见，我带钥匙和面包。',
  '明日の朝、駅で会いましょう。鍵は私が持って行きます。',
  'ठीक है, मैं आठ बजे पहुँचूँगा।',
  'Спасибо! До встречи в воскресенье.',
];

export const LONG_TEXT = Array.from(
  { length: 34 },
  (_, line) => `${line + 1}. ${CHATTER[line % CHATTER.length]!.split('\n')[0]}`,
).join('\n');

export type Person = { readonly accountId: AccountId; readonly name: string };

export type HistoryInput = {
  readonly conversationId: ConversationId;
  readonly me: Person;
  readonly others: readonly Person[];
  readonly count: number;
  readonly lastAtMs: number;
  readonly seed: number;
  readonly texts?: readonly string[];
  /** Spoken at the end, oldest first; `!` before a text makes it mine. */
  readonly ending?: readonly string[];
};

export const positionOf = (index: number): string => String(index).padStart(9, '0');

/** A conversation as people have them: bursts of a few messages, pauses of hours, quiet days. */
export const makeHistory = (input: HistoryInput): Message[] => {
  const { conversationId, me, others, count, lastAtMs, seed, texts = CHATTER, ending = [] } = input;
  const random = createRandom(seed);
  const messages: Message[] = [];
  let atMs = lastAtMs;
  let author = pick(random, [me, ...others]);
  for (let index = count - 1; index >= 0; index -= 1) {
    const fixed = ending[index - (count - ending.length)];
    if (fixed !== undefined) author = fixed.startsWith('!') ? me : pick(random, others);
    const isMe = author === me;
    const body: MessageBody = { kind: 'text', text: fixed?.replace(/^!/u, '') ?? pick(random, texts) };
    const delivery: Delivery | undefined = isMe ? 'on-device' : undefined;
    messages.push({
      messageId: hex(random, 16) as MessageId,
      conversationId,
      position: positionOf(index),
      author: { isMe, accountId: author.accountId, name: author.name },
      body,
      shownAtMs: Math.round(atMs),
      sentEarlierAtMs: undefined,
      delivery,
      failure: undefined,
    });
    const staysInBurst = fixed !== undefined || random() < 0.72;
    atMs -= staysInBurst ? 20_000 + random() * 150_000 : 1_800_000 + random() * 14 * 3_600_000;
    if (!staysInBurst || random() < 0.45) author = pick(random, [me, ...others]);
  }
  return messages.reverse();
};
