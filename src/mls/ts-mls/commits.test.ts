import { validateRatchetTree } from 'ts-mls/clientState.js';
import { decodeKeyPackage } from 'ts-mls/keyPackage.js';
import { defaultLifetimeConfig } from 'ts-mls/lifetimeConfig.js';
import type { Proposal } from 'ts-mls/proposal.js';
import type { ProposalOrRef } from 'ts-mls/proposalOrRefType.js';
import type { UpdatePath } from 'ts-mls/updatePath.js';
import { beforeEach, describe, expect, test } from 'vitest';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import type { Directory } from '../directory.ts';
import type { GroupState, Judgement, PendingCommit } from '../engine.ts';
import { byValue, craftCommit, honestPath, suiteOf } from '../testing/hostile-member.ts';
import {
  createTestGroup,
  createTestMember,
  createTestMembers,
  directoryOf,
  must,
  mustJoin,
  type TestMember,
} from '../testing/test-group.ts';
import { createCommit } from './create-commit.ts';
import { toEpochState, toGroupState, type EpochState } from './epoch-state.ts';
import { decodePrivate, openPrivate } from './private-message.ts';
import { leafAt } from './tree-checks.ts';

const header = utf8('header');

let members: TestMember[];
let states: GroupState[];
beforeEach(async () => {
  members = await createTestMembers('anna', 'bert', 'cleo', 'dora');
  states = await createTestGroup(members);
});

const commitBy = async (who: number, change: { add?: Bytes[]; remove?: number[] } = {}, others: TestMember[] = []) =>
  must(
    await members[who]!.engine.commit(
      states[who]!,
      { add: change.add ?? [], remove: change.remove ?? [] },
      { authenticatedData: header, directory: directoryOf([...members, ...others]) },
    ),
  );
const judgeAt = (
  who: number,
  commit: Uint8Array,
  others: TestMember[] = [],
  authenticatedData = header,
): Promise<Judgement> =>
  members[who]!.engine.judge(states[who]!, commit, {
    authenticatedData,
    directory: directoryOf([...members, ...others]),
  });
const keep = (who: number, judgement: Judgement): GroupState => {
  if (judgement.standing !== 'applied' || !judgement.nextState) throw new Error(JSON.stringify(judgement));
  states[who] = judgement.nextState;
  return judgement.nextState;
};
const openedContent = async (pending: PendingCommit) => {
  const message = decodePrivate(pending.commit)!;
  const opened = await openPrivate(suiteOf(members[1]!), toEpochState(states[1]!), message);
  if (typeof opened === 'string') throw new Error(opened);
  return opened;
};

describe('every commit heals', () => {
  test.each([
    ['an update', async () => commitBy(0)],
    ['a remove', async () => commitBy(0, { remove: [2] })],
    [
      'an add',
      async () => {
        const erik = await createTestMember('erik');
        return commitBy(0, { add: [(await erik.engine.createKeyPackage()).keyPackage] }, [erik]);
      },
    ],
  ])('%s carries a path', async (_what, make) => {
    const { content } = await openedContent(await make());
    expect(content.contentType === 'commit' && content.commit.path).toBeDefined();
  });

  test('who is removed by a single Remove can derive nothing of what follows', async () => {
    const before = toEpochState(states[2]!);
    const pending = await commitBy(0, { remove: [2] });
    keep(1, await judgeAt(1, pending.commit));
    const gone = await judgeAt(2, pending.commit);
    expect(gone.standing === 'applied' && gone.nextState).toBeUndefined();
    expect(before.keySchedule.initSecret.every((byte) => byte === 0)).toBe(true);
  });
});

describe('two commits from one epoch', () => {
  test('never use one key twice, even when the first was refused and the state loaded again', async () => {
    const anna = members[0]!;
    const first = await commitBy(0);
    const stored = anna.engine.store(first.current);
    anna.engine.drop(first);
    states[0] = must(anna.engine.load(stored));
    const second = await commitBy(0);
    expect((await openedContent(first)).generation).toBe(0);
    expect((await openedContent(second)).generation).toBe(1);
    keep(1, await judgeAt(1, second.commit));
    expect(members[1]!.engine.epochAuthenticator(states[1]!)).toEqual(
      anna.engine.epochAuthenticator(anna.engine.adopt(second)),
    );
  });

  test('the one that was refused changes nothing: messages go on in the old epoch', async () => {
    const anna = members[0]!;
    const pending = await commitBy(0);
    const sealed = await anna.engine.protect(anna.engine.drop(pending), utf8('still here'), header);
    expect((await members[1]!.engine.unprotect(states[1]!, sealed.message, header)).ok).toBe(true);
    expect(() => anna.engine.epoch(pending.next)).toThrow('already');
  });

  test('of a relay that accepts what it said it refused, the sender knows that it cannot follow', async () => {
    const pending = await commitBy(0);
    states[0] = members[0]!.engine.drop(pending);
    keep(1, await judgeAt(1, pending.commit));
    expect(await judgeAt(0, pending.commit)).toEqual({ standing: 'broken' });
  });
});

describe('skipped by all alike, and the state stays good', () => {
  const remove = (leaf: number): Proposal => ({ proposalType: 'remove', remove: { removed: leaf } });
  const noPath = async (): Promise<UpdatePath | undefined> => undefined;
  const reference: ProposalOrRef = { proposalOrRefType: 'reference', reference: new Uint8Array(48) };
  const strangersAdd = async (): Promise<ProposalOrRef[]> => {
    const stranger = await createTestMember('stranger');
    const [keyPackage] = decodeKeyPackage((await stranger.engine.createKeyPackage()).keyPackage, 0)!;
    return byValue({ proposalType: 'add', add: { keyPackage } });
  };
  const withLeaf =
    (change: (state: EpochState, path: UpdatePath) => Partial<UpdatePath['leafNode']>) => async (state: EpochState) => {
      const path = await honestPath(members[0]!, state);
      return { ...path, leafNode: { ...path.leafNode, ...change(state, path) } };
    };
  const withNodes = (change: (nodes: UpdatePath['nodes']) => UpdatePath['nodes']) => async (state: EpochState) => {
    const path = await honestPath(members[0]!, state);
    return { ...path, nodes: change(path.nodes) };
  };
  type Parts = Omit<Parameters<typeof craftCommit>[2], 'authenticatedData'>;

  test.each<[string, string, () => Promise<Parts>]>([
    ['a remove without a path', 'no-path', async () => ({ proposals: byValue(remove(2)), path: noPath })],
    ['an empty commit without a path', 'no-path', async () => ({ path: noPath })],
    ['a proposal by reference', 'proposal-by-reference', async () => ({ proposals: [reference] })],
    [
      'other group-context extensions',
      'proposal-kind',
      async () => ({
        proposals: byValue({ proposalType: 'group_context_extensions', groupContextExtensions: { extensions: [] } }),
      }),
    ],
    [
      'a reinitialisation',
      'proposal-kind',
      async () => ({
        proposals: byValue({
          proposalType: 'reinit',
          reinit: {
            groupId: new Uint8Array(16),
            version: 'mls10',
            cipherSuite: 'MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519',
            extensions: [],
          },
        }),
      }),
    ],
    [
      'an external initialisation',
      'proposal-kind',
      async () => ({
        proposals: byValue({ proposalType: 'external_init', externalInit: { kemOutput: new Uint8Array(97) } }),
      }),
    ],
    [
      'a pre-shared key',
      'proposal-kind',
      async () => ({
        proposals: byValue({
          proposalType: 'psk',
          psk: { preSharedKeyId: { psktype: 'external', pskId: new Uint8Array(4), pskNonce: new Uint8Array(48) } },
        }),
      }),
    ],
    [
      'a proposal that nobody knows',
      'proposal-kind',
      async () => ({
        proposals: byValue({ proposalType: 0xf0f0, proposalData: new Uint8Array(4) }),
      }),
    ],
    ['the removal of nobody', 'bad-proposal', async () => ({ proposals: byValue(remove(9)) })],
    ['the removal of oneself', 'bad-proposal', async () => ({ proposals: byValue(remove(0)) })],
    ['one removal twice', 'bad-proposal', async () => ({ proposals: byValue(remove(2), remove(2)) })],
    ['a stranger whom no chain vouches for', 'stranger', async () => ({ proposals: await strangersAdd() })],
    [
      'the identity of somebody else',
      'bad-leaf',
      async () => ({
        path: withLeaf((state) => ({ credential: leafAt(state.ratchetTree, 1)!.credential })),
      }),
    ],
    [
      'the signature key of somebody else',
      'bad-leaf',
      async () => ({
        path: withLeaf((state) => ({ signaturePublicKey: leafAt(state.ratchetTree, 1)!.signaturePublicKey })),
      }),
    ],
    [
      'the old encryption key',
      'bad-leaf',
      async () => ({
        path: withLeaf((state) => ({ hpkePublicKey: leafAt(state.ratchetTree, 0)!.hpkePublicKey })),
      }),
    ],
    ['a path that is too short', 'bad-tree', async () => ({ path: withNodes((nodes) => nodes.slice(1)) })],
    [
      'a path that leaves a member out',
      'bad-tree',
      async () => ({
        path: withNodes((nodes) =>
          nodes.map((node) => ({ ...node, encryptedPathSecret: node.encryptedPathSecret.slice(1) })),
        ),
      }),
    ],
    [
      'a key that is no point',
      'bad-tree',
      async () => ({
        path: withNodes((nodes) => nodes.map((node) => ({ ...node, hpkePublicKey: new Uint8Array(97).fill(4) }))),
      }),
    ],
    [
      'a key that does not fit the parent hash',
      'bad-tree',
      async () => ({
        path: withNodes((nodes) =>
          nodes.map((node) => ({ ...node, hpkePublicKey: node.encryptedPathSecret[0]!.kemOutput })),
        ),
      }),
    ],
    ['a generation beyond the last', 'generation-too-high', async () => ({ generation: 1_000 })],
    ['a signature for another wire format', 'not-authentic', async () => ({ wireformat: 'mls_public_message' })],
  ])('%s: %s', async (_what, reason, make) => {
    const commit = await craftCommit(members[0]!, states[0]!, { authenticatedData: header, ...(await make()) });
    for (const who of [1, 2, 3]) expect(await judgeAt(who, commit)).toEqual({ standing: 'skipped', reason });
    const honest = await commitBy(3);
    for (const who of [1, 2]) keep(who, await judgeAt(who, honest.commit));
  });

  test('a commit under another header', async () => {
    const { commit } = await commitBy(0);
    expect(await judgeAt(1, commit, [], utf8('other'))).toEqual({ standing: 'skipped', reason: 'header-differs' });
  });

  test('bytes that are no commit, and an application message', async () => {
    expect(await judgeAt(1, new Uint8Array(50))).toEqual({ standing: 'skipped', reason: 'malformed' });
    const { message } = await members[0]!.engine.protect(states[0]!, utf8('hello'), header);
    expect(await judgeAt(1, message)).toEqual({ standing: 'skipped', reason: 'not-a-commit' });
  });

  test('a commit of the epoch before, played again', async () => {
    const { commit } = await commitBy(0);
    keep(1, await judgeAt(1, commit));
    expect(await judgeAt(1, commit)).toEqual({ standing: 'skipped', reason: 'other-epoch' });
  });

  /** Everybody is known; `gone` was removed by its account. */
  const withoutDeviceOf = (gone: TestMember): Directory => {
    const known = directoryOf([...members, gone]);
    return {
      device(accountId, deviceIndex) {
        const device = known.device(accountId, deviceIndex);
        return device && { ...device, isValid: accountId !== gone.signer.identity.accountId };
      },
    };
  };

  test('a device that its account has removed cannot come in, even if it is known', async () => {
    const erik = await createTestMember('erik');
    const { keyPackage } = await erik.engine.createKeyPackage();
    const pending = await commitBy(0, { add: [keyPackage] }, [erik]);
    const parts = { authenticatedData: header, directory: withoutDeviceOf(erik) };
    const judged = await members[1]!.engine.judge(states[1]!, pending.commit, parts);
    expect(judged).toEqual({ standing: 'skipped', reason: 'stranger' });
  });

  test('nor commit, as long as it still stands in the tree; but others can remove it', async () => {
    const parts = { authenticatedData: header, directory: withoutDeviceOf(members[0]!) };
    const late = await commitBy(0);
    const judged = await members[1]!.engine.judge(states[1]!, late.commit, parts);
    expect(judged).toEqual({ standing: 'skipped', reason: 'bad-leaf' });
    const removal = await commitBy(2, { remove: [0] });
    expect(await members[1]!.engine.judge(states[1]!, removal.commit, parts)).toMatchObject({ standing: 'applied' });
  });
});

describe('broken here, never skipped', () => {
  /** A committer whose path shows keys that its secrets do not give: the library's own client takes it. */
  const craftFalseKeys = async (): Promise<Bytes> => {
    const honest = suiteOf(members[0]!);
    let calls = 0;
    const deriveKeyPair: typeof honest.hpke.deriveKeyPair = async (inputKey) => {
      calls += 1;
      // The first is the leaf's own; what comes in the path after it is replaced.
      return calls === 2 ? honest.hpke.generateKeyPair() : honest.hpke.deriveKeyPair(inputKey);
    };
    const suite = { ...honest, hpke: { ...honest.hpke, deriveKeyPair } };
    const state = toEpochState(states[0]!);
    const change = { tree: state.ratchetTree, added: [], removed: [] };
    return (await createCommit(suite, state, [], change, { authenticatedData: header })).commit;
  };

  test('a path whose secrets do not give the keys that it shows', async () => {
    const commit = await craftFalseKeys();
    expect(await judgeAt(1, commit)).toEqual({ standing: 'broken' });
    // Whoever shares only the honest part of the path cannot know.
    keep(2, await judgeAt(2, commit));
  });

  test('a commit of which nobody can confirm the epoch', async () => {
    const commit = await craftCommit(members[0]!, states[0]!, { authenticatedData: header });
    for (const who of [1, 2, 3]) expect(await judgeAt(who, commit)).toEqual({ standing: 'broken' });
  });
});

describe('joining', () => {
  test('by one Welcome for several; each is told who added them and what for', async () => {
    const [erik, fina] = await createTestMembers('erik', 'fina');
    const packages = await Promise.all([erik!, fina!].map(({ engine }) => engine.createKeyPackage()));
    const directory = directoryOf([...members, erik!, fina!]);
    const introduction = { version: 1, name: 'Anna' };
    const pending = must(
      await members[0]!.engine.commit(
        states[0]!,
        { add: packages.map(({ keyPackage }) => keyPackage), remove: [] },
        { authenticatedData: header, directory, introduction },
      ),
    );
    const welcome = pending.welcome!;
    for (const [index, member] of [erik!, fina!].entries()) {
      const joined = mustJoin(await member.engine.join(welcome, packages[index]!.privatePart, directory));
      expect(joined).toMatchObject({ introduction, addedBy: { leaf: 0 }, conversation: { kind: 'group' } });
      expect(member.engine.members(joined.state)).toHaveLength(6);
    }
    const wrong = await erik!.engine.join(welcome, (await erik!.engine.createKeyPackage()).privatePart, directory);
    expect(wrong).toEqual({ ok: false, error: { tag: 'not-authentic' } });
    const unknown = await erik!.engine.join(welcome, packages[0]!.privatePart, directoryOf([...members, erik!]));
    expect(unknown).toEqual({ ok: false, error: { tag: 'stranger' } });
  });

  test('into a tree with unmerged leaves, which the library refuses', async () => {
    // Leaf 4 sets the node above leaves 4 to 7. Leaf 0 then fills leaf 7 and renews the root: the new leaf is unmerged
    // at the one node and merged at the other.
    members = await createTestMembers('l0', 'l1', 'l2', 'l3', 'l4', 'l5', 'l6');
    states = await createTestGroup(members);
    const hana = await createTestMember('l7');
    keep(0, await judgeAt(0, (await commitBy(4)).commit));
    const hanas = await hana.engine.createKeyPackage();
    const added = await commitBy(0, { add: [hanas.keyPackage] }, [hana]);
    const directory = directoryOf([...members, hana]);
    const joined = mustJoin(await hana.engine.join(added.welcome!, hanas.privatePart, directory));
    expect(hana.engine.ownLeaf(joined.state)).toBe(7);
    const { ratchetTree, groupContext } = toEpochState(joined.state);
    const acceptAll = { validateCredential: async () => true };
    const theirs = await validateRatchetTree(
      ratchetTree,
      groupContext,
      defaultLifetimeConfig,
      acceptAll,
      groupContext.treeHash,
      suiteOf(hana),
    );
    expect(theirs?.message).toContain('unmerged');
  });

  test('again in the same commit that removes the old leaf', async () => {
    const cleos = await members[2]!.engine.createKeyPackage();
    const pending = await commitBy(0, { add: [cleos.keyPackage], remove: [2] });
    keep(1, await judgeAt(1, pending.commit));
    const joined = mustJoin(await members[2]!.engine.join(pending.welcome!, cleos.privatePart, directoryOf(members)));
    expect(members[2]!.engine.epochAuthenticator(joined.state)).toEqual(
      members[1]!.engine.epochAuthenticator(states[1]!),
    );
  });

  test('twice is refused: one device stands in one leaf', async () => {
    const cleos = await members[2]!.engine.createKeyPackage();
    const refused = await members[0]!.engine.commit(
      states[0]!,
      { add: [cleos.keyPackage], remove: [] },
      { authenticatedData: header, directory: directoryOf(members) },
    );
    expect(refused).toEqual({ ok: false, error: { tag: 'already-a-member' } });
  });

  test('a third person never comes into a conversation of two', async () => {
    const { toDirectConversationId } = await import('../../account/ids.ts');
    const [anna, bert, cleo] = members as [TestMember, TestMember, TestMember];
    const conversationId = toDirectConversationId(anna.signer.identity.accountId, bert.signer.identity.accountId);
    const direct = { version: 1, conversationId, kind: 'direct' as const, generation: 0 };
    const [annas, berts] = (await createTestGroup([anna, bert], direct)) as [GroupState, GroupState];
    const cleos = await cleo.engine.createKeyPackage();
    const change = { add: [cleos.keyPackage], remove: [] };
    const directory = directoryOf(members);
    expect(await anna.engine.commit(annas, change, { authenticatedData: header, directory })).toEqual({
      ok: false,
      error: { tag: 'wrong-conversation' },
    });
    const [keyPackage] = decodeKeyPackage(cleos.keyPackage, 0)!;
    const proposals = byValue({ proposalType: 'add', add: { keyPackage } });
    const forced = await craftCommit(anna, annas, { authenticatedData: header, proposals });
    expect(await bert.engine.judge(berts, forced, { authenticatedData: header, directory })).toEqual({
      standing: 'skipped',
      reason: 'wrong-conversation',
    });
  });
});

test('a state of one engine is of use to nobody after it was adopted', async () => {
  const pending = await commitBy(0);
  const next = members[0]!.engine.adopt(pending);
  expect(() => members[0]!.engine.store(pending.current)).toThrow('already');
  expect(members[0]!.engine.epoch(toGroupState(toEpochState(next)))).toBe(2);
});
