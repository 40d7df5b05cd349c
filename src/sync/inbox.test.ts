import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GroupId } from '../domain/ids.ts';
import { inRelayOrder, MAX_FIRST_SEQUENCE, MAX_JUMP, nextCursor, stepFor, type GroupStanding } from './inbox.ts';

const joinedAt = (base: number): GroupStanding => ({ phase: 'joined', base, newest: base });

test('a message on the commit that was applied last is opened', () => {
  expect(stepFor({ sequence: 9 }, { class: 'message', base: 4 }, joinedAt(4), false)).toBe('open');
  expect(stepFor({ sequence: 9 }, { class: 'receipt', base: 4 }, joinedAt(4), false)).toBe('open');
});

test('a message on a commit that is not here yet waits for it', () => {
  expect(stepFor({ sequence: 9 }, { class: 'message', base: 7 }, joinedAt(4), false)).toBe('hold');
});

test('a message on a commit that was over is refused: a removed member has no grace', () => {
  expect(stepFor({ sequence: 9 }, { class: 'message', base: 3 }, joinedAt(4), false)).toBe('stale');
});

test('a commit is judged once; shown again it is refused', () => {
  expect(stepFor({ sequence: 9 }, { class: 'handshake', base: 4 }, joinedAt(4), false)).toBe('judge');
  expect(stepFor({ sequence: 4 }, { class: 'handshake', base: 4 }, joinedAt(4), false)).toBe('stale');
});

test('somebody unknown is not opened before the request is accepted', () => {
  expect(
    stepFor({ sequence: 2 }, { class: 'message', base: 1 }, { phase: 'requested', base: 0, newest: 0 }, false),
  ).toBe('hold');
  expect(stepFor({ sequence: 2 }, { class: 'message', base: 1 }, undefined, false)).toBe('stranger');
});

test('a group that broke here keeps what comes until it is mended', () => {
  expect(stepFor({ sequence: 9 }, { class: 'message', base: 4 }, { phase: 'broken', base: 4, newest: 4 }, false)).toBe(
    'hold',
  );
});

test('what I sent comes back and is only noted', () => {
  expect(stepFor({ sequence: 9 }, { class: 'message', base: 4 }, joinedAt(4), true)).toBe('own');
});

test('a number far ahead of everything known, or beyond 48 bits, is not believed', () => {
  const message = { class: 'message', base: 4 } as const;
  expect(stepFor({ sequence: 4 + MAX_JUMP }, message, joinedAt(4), false)).toBe('open');
  expect(stepFor({ sequence: 5 + MAX_JUMP }, message, joinedAt(4), false)).toBe('implausible');
  expect(stepFor({ sequence: 5 + MAX_JUMP }, message, joinedAt(4), true)).toBe('implausible');
  const welcome = { class: 'welcome', base: 4 } as const;
  expect(stepFor({ sequence: MAX_FIRST_SEQUENCE }, welcome, undefined, false)).toBe('welcome');
  expect(stepFor({ sequence: MAX_FIRST_SEQUENCE + 1 }, welcome, undefined, false)).toBe('implausible');
  const last = 2 ** 48 - 1;
  expect(stepFor({ sequence: last }, message, { ...joinedAt(4), newest: last - 1 }, false)).toBe('open');
  expect(stepFor({ sequence: last + 1 }, message, { ...joinedAt(4), newest: last - 1 }, false)).toBe('implausible');
});

test('the mailbox is read on after the last item, never before it and never from far ahead', () => {
  const at = (...cursors: number[]): number | undefined =>
    nextCursor(
      cursors.map((cursor) => ({ cursor })),
      10,
    );
  expect(at(12, 11)).toBe(12);
  expect(at()).toBeUndefined();
  expect(at(3, 10)).toBeUndefined();
  expect(at(11, Number.MAX_SAFE_INTEGER)).toBe(11);
  expect(at(10 + 65_536 + 1)).toBe(10 + 65_536 + 1);
});

test('each group is read in the relay’s order, however the page is mixed', () => {
  const item = fc.record({
    groupId: fc.constantFrom('a', 'b', 'c').map((id) => id as GroupId),
    sequence: fc.nat({ max: 20 }),
    cursor: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(item), (items) => {
      const ordered = inRelayOrder(items);
      expect(ordered).toHaveLength(items.length);
      for (const groupId of new Set(items.map((one) => one.groupId))) {
        const sequences = ordered.filter((one) => one.groupId === groupId).map(({ sequence }) => sequence);
        expect(sequences).toEqual([...sequences].sort((left, right) => left - right));
      }
    }),
  );
});
