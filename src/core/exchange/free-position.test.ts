import { expect, test } from 'vitest';
import type { ConversationId } from '../../domain/ids.ts';
import type { StoredMessage } from '../../storage/repositories/message-rows.ts';
import type { TimelinePage } from '../../storage/repositories/timeline-repository.ts';
import { freePosition } from './free-position.ts';

const CONVERSATION = '00'.repeat(16) as ConversationId;

/** What stands in generation 1: number and the relay's time of each; and how many groups count there. */
const createRows = (stored: readonly (readonly [sequence: number, relayAtMs: number])[], groupCount: number) => {
  const all = [...stored]
    .sort(([left], [right]) => left - right)
    .map(([sequence, relayAtMs]) => ({ position: { generation: 1, sequence }, relayAtMs }) as StoredMessage);
  const at = ({ position }: StoredMessage) => ('sequence' in position ? position.sequence : 0);
  const page = (messages: readonly StoredMessage[]): TimelinePage => ({ messages, hasOlder: false, hasNewer: false });
  return {
    timeline: {
      before: (_: ConversationId, __: unknown, limit: number) => page(all.slice(-limit)),
      after: (_: ConversationId, position: unknown) =>
        page(all.filter((message) => at(message) > (position as { sequence: number }).sequence)),
    },
    groups: { countOf: (_: ConversationId, generation: number) => (generation === 1 ? groupCount : 1) },
  };
};

const place = (rows: ReturnType<typeof createRows>, sequence: number, relayAtMs: number): number =>
  freePosition(rows, CONVERSATION, { generation: 1, sequence, relayAtMs }).sequence;

test('in one group the number decides, whatever the relay’s clock says', () => {
  expect(place(createRows([[8, 100]], 1), 5, 200)).toBe(5);
});

test('of two groups, what is written in the one stands behind what was read in the other before', () => {
  const inTheOther = [
    [2, 100],
    [3, 110],
    [9, 120],
  ] as const;
  expect(place(createRows(inTheOther, 2), 4, 200)).toBe(10);
  expect(place(createRows([...inTheOther, [10, 200]], 2), 5, 201)).toBe(11);
  // Once it has counted on, the number is enough.
  expect(place(createRows(inTheOther, 2), 40, 200)).toBe(40);
});

test('of two groups, what comes late stands where the relay took it, or behind that', () => {
  const stored = [
    [2, 100],
    [3, 110],
    [9, 120],
  ] as const;
  expect(place(createRows(stored, 2), 2, 115)).toBe(4);
  expect(place(createRows(stored, 2), 2, 105)).toBe(4);
  expect(place(createRows(stored, 2), 1, 50)).toBe(1);
});
