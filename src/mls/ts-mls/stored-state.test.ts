import { expect, test } from 'vitest';
import { utf8 } from '../../crypto/bytes.ts';
import { decodeWith, encodeWith, field, struct, uint, bytes } from '../../wire/schema.ts';
import type { GroupState } from '../engine.ts';
import { createTestGroup, createTestMembers, directoryOf, must, type TestMember } from '../testing/test-group.ts';

const header = utf8('header');
const frame = struct({
  engine: field(0, uint()),
  version: field(1, uint()),
  epoch: field(2, uint()),
  content: field(3, bytes(1, 5_000_000)),
});

const start = async () => {
  const members = (await createTestMembers('anna', 'bert')) as [TestMember, TestMember];
  const states = (await createTestGroup(members)) as [GroupState, GroupState];
  return { members, states };
};

test('a conversation goes on from what was stored, in the middle of lost messages', async () => {
  const { members, states } = await start();
  const [anna, bert] = members;
  const lost = await anna.engine.protect(states[0], utf8('late'), header);
  const sent = await anna.engine.protect(
    must(anna.engine.load(anna.engine.store(lost.nextState))),
    utf8('first'),
    header,
  );
  const first = must(
    await bert.engine.unprotect(must(bert.engine.load(bert.engine.store(states[1]))), sent.message, header),
  );
  const again = must(bert.engine.load(bert.engine.store(first.nextState)));
  expect(again).toEqual(first.nextState);
  expect((await bert.engine.unprotect(again, lost.message, header)).ok).toBe(true);
});

test('a message changes the small row only, and a new epoch is almost nothing', async () => {
  const { members, states } = await start();
  const before = members[0].engine.store(states[0]);
  const { nextState } = await members[0].engine.protect(states[0], utf8('hello'), header);
  const after = members[0].engine.store(nextState);
  expect(after.cold).toEqual(before.cold);
  expect(after.hot).not.toEqual(before.hot);
  expect(before.hot.length).toBeLessThan(200);
});

test('rows of two epochs do not make a state', async () => {
  const { members, states } = await start();
  const before = members[0].engine.store(states[0]);
  const directory = directoryOf(members);
  const pending = must(
    await members[0].engine.commit(states[0], { add: [], remove: [] }, { authenticatedData: header, directory }),
  );
  const after = members[0].engine.store(members[0].engine.adopt(pending));
  expect(members[0].engine.load({ cold: after.cold, hot: before.hot })).toEqual({
    ok: false,
    error: { tag: 'malformed' },
  });
});

test('what a newer version or another engine wrote is refused, and told from damage', async () => {
  const { members, states } = await start();
  const { engine } = members[0];
  const { cold, hot } = engine.store(states[0]);
  const opened = must(decodeWith(frame, cold));
  for (const change of [{ version: 2 }, { engine: 9 }]) {
    const other = encodeWith(frame, { ...opened, ...change });
    expect(engine.load({ cold: other, hot })).toMatchObject({ ok: false, error: { tag: 'newer-engine', ...change } });
  }
  for (const row of [cold.subarray(1), cold.subarray(0, -1), new Uint8Array(0), new Uint8Array(100)]) {
    expect(engine.load({ cold: row.slice(), hot })).toEqual({ ok: false, error: { tag: 'malformed' } });
  }
});
