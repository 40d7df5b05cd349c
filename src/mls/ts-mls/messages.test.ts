import { beforeEach, describe, expect, test } from 'vitest';
import { bytesToHex } from '../../domain/ids.ts';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import type { GroupState } from '../engine.ts';
import { createTestGroup, createTestMembers, directoryOf, must, type TestMember } from '../testing/test-group.ts';
import { toEpochState } from './epoch-state.ts';
import { MAX_SKIPPED } from './secret-tree.ts';

const header = utf8('header');

let members: TestMember[];
let anna: TestMember;
let bert: TestMember;
let annas: GroupState;
let berts: GroupState;
beforeEach(async () => {
  members = await createTestMembers('anna', 'bert');
  [anna, bert] = members as [TestMember, TestMember];
  [annas, berts] = (await createTestGroup(members)) as [GroupState, GroupState];
});

const write = async (text: string): Promise<Bytes> => {
  const sealed = await anna.engine.protect(annas, utf8(text), header);
  annas = sealed.nextState;
  return sealed.message;
};
const read = async (message: Uint8Array, authenticatedData = header) => {
  const opened = await bert.engine.unprotect(berts, message, authenticatedData);
  if (opened.ok) berts = opened.value.nextState;
  return opened.ok ? new TextDecoder().decode(opened.value.content) : opened.error.tag;
};

describe('messages of one epoch', () => {
  test('arrive in any order, each exactly once', async () => {
    const sent = [await write('0'), await write('1'), await write('2'), await write('3')];
    for (const index of [2, 0, 3, 1]) expect(await read(sent[index]!)).toBe(String(index));
    for (const message of sent) expect(await read(message)).toBe('used');
  });

  test('may be lost: the next ones are read all the same, up to a bound on the work', async () => {
    for (let lost = 0; lost < 40; lost += 1) await write('lost');
    expect(await read(await write('here'))).toBe('here');
    for (let lost = 0; lost < MAX_SKIPPED + 1; lost += 1) await write('lost');
    expect(await read(await write('far'))).toBe('generation-too-high');
  }, 60_000);

  test('keep no key from which a later key could be derived', async () => {
    await write('lost');
    await read(await write('here'));
    const { application } = toEpochState(berts).secretTree.leaves.get(0)!;
    expect([...application.skipped.values()].every(({ key }) => key.length === 32)).toBe(true);
  });

  test('do not open under another header, and the state does not move', async () => {
    const message = await write('hello');
    expect(await read(message, utf8('other header'))).toBe('header-differs');
    expect(await read(message)).toBe('hello');
  });

  test('of a coming epoch are told from damaged ones', async () => {
    const directory = directoryOf(members);
    const pending = must(
      await anna.engine.commit(annas, { add: [], remove: [] }, { authenticatedData: header, directory }),
    );
    annas = anna.engine.adopt(pending);
    const early = await write('early');
    expect(await read(early)).toBe('future-epoch');
    const judged = await bert.engine.judge(berts, pending.commit, { authenticatedData: header, directory });
    if (judged.standing !== 'applied' || !judged.nextState) throw new Error(judged.standing);
    berts = judged.nextState;
    expect(await read(early)).toBe('early');
  });

  test('of a past epoch are not read, because its keys are gone', async () => {
    const directory = directoryOf(members);
    const late = await write('late');
    const before = toEpochState(berts);
    const pending = must(
      await anna.engine.commit(annas, { add: [], remove: [] }, { authenticatedData: header, directory }),
    );
    const judged = await bert.engine.judge(berts, pending.commit, { authenticatedData: header, directory });
    if (judged.standing !== 'applied' || !judged.nextState) throw new Error(judged.standing);
    berts = judged.nextState;
    expect(await read(late)).toBe('past-epoch');
    const { initSecret, exporterSecret, senderDataSecret } = before.keySchedule;
    const rootSecrets = [...before.secretTree.nodes.values()];
    for (const secret of [initSecret, exporterSecret, senderDataSecret, ...rootSecrets]) {
      expect(secret.every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe('a state', () => {
  test('is used once: a second message from it would repeat a key', async () => {
    const first = annas;
    await write('one');
    await expect(anna.engine.protect(first, utf8('two'), header)).rejects.toThrow('already');
    await expect(anna.engine.exportSecret(first, 'label', header, 32)).rejects.toThrow('already');
  });

  test('is used by one at a time', async () => {
    const [one, two] = await Promise.allSettled([
      anna.engine.protect(annas, utf8('one'), header),
      anna.engine.protect(annas, utf8('two'), header),
    ]);
    expect([one.status, two.status]).toEqual(['fulfilled', 'rejected']);
  });

  test('stays good where a message is refused', async () => {
    const message = await write('hello');
    const damaged = message.slice();
    damaged[damaged.length - 1]! ^= 1;
    expect(await read(damaged)).toBe('not-authentic');
    expect(await read(message)).toBe('hello');
  });

  test('forgets the key of a message once it is read', async () => {
    const before = toEpochState(berts);
    const secrets = [...before.secretTree.nodes.values()];
    await read(await write('hello'));
    expect(secrets.every((secret) => secret.every((byte) => byte === 0))).toBe(true);
  });

  test('keeps a private key only of what stands in the tree now', async () => {
    const directory = directoryOf(members);
    for (let round = 0; round < 3; round += 1) {
      const parts = { authenticatedData: header, directory };
      const pending = must(await anna.engine.commit(annas, { add: [], remove: [] }, parts));
      annas = anna.engine.adopt(pending);
      const judged = await bert.engine.judge(berts, pending.commit, parts);
      if (judged.standing !== 'applied' || !judged.nextState) throw new Error(judged.standing);
      berts = judged.nextState;
    }
    const removal = must(
      await anna.engine.commit(annas, { add: [], remove: [1] }, { authenticatedData: header, directory }),
    );
    annas = anna.engine.adopt(removal);
    expect(Object.keys(toEpochState(annas).privatePath.privateKeys)).toEqual(['0']);
  });

  test('never holds the signing key', async () => {
    const scalar = bytesToHex(anna.account.device.signaturePair.secretKey);
    const stored = anna.engine.store(annas);
    expect(bytesToHex(stored.cold)).not.toContain(scalar);
    expect(bytesToHex(stored.hot)).not.toContain(scalar);
  });
});

test('a flipped bit anywhere is refused', async () => {
  const message = await write('hello');
  for (let byte = 0; byte < message.length; byte += 1) {
    const damaged = message.slice();
    damaged[byte]! ^= 1 << (byte % 8);
    const opened = await bert.engine.unprotect(berts, damaged, header);
    expect(opened.ok, `byte ${byte}`).toBe(false);
  }
  expect(await read(message)).toBe('hello');
});
