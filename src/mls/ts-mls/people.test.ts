import { expect, test } from 'vitest';
import { utf8 } from '../../crypto/bytes.ts';
import { createTestGroup, createTestMembers, must } from '../testing/test-group.ts';

const header = utf8('header');

test('everybody reads what anybody writes, and knows who wrote it', async () => {
  const members = await createTestMembers('anna', 'bert', 'cleo');
  const states = await createTestGroup(members);
  for (const [author, member] of members.entries()) {
    const sealed = await member.engine.protect(states[author]!, utf8(`from ${member.name}`), header);
    states[author] = sealed.nextState;
    for (const [reader, other] of members.entries()) {
      if (reader === author) continue;
      const opened = must(await other.engine.unprotect(states[reader]!, sealed.message, header));
      expect(opened).toMatchObject({ leaf: author, epoch: 1, generation: 0, authenticatedData: header });
      expect(new TextDecoder().decode(opened.content)).toBe(`from ${member.name}`);
      states[reader] = opened.nextState;
    }
  }
  const authenticators = members.map(({ engine }, index) => engine.epochAuthenticator(states[index]!).join());
  expect(new Set(authenticators).size).toBe(1);
});
