/**
 * A group lives at random: people come, go, renew their keys, lose races for a commit, and write. After each step all
 * members are in one epoch and read each other; who was removed, or has not joined yet, reads nothing, with whatever it
 * kept. The official vectors do not catch an engine that fails here.
 */
import { bytesToHex } from '../../domain/ids.ts';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import type { GroupState, StoredState } from '../engine.ts';
import { suiteOf } from './hostile-member.ts';
import { attackAsRemoved } from './removed-attack.ts';
import { createChooser, createTally, type SweepResult } from './sweep-result.ts';
import { directoryOf, must, TEST_CONVERSATION, TEST_GROUP, type TestMember } from './test-group.ts';

const header = utf8('walk');
const MIN_MEMBERS = 2;
/** Of those removed, the latest few keep trying. */
const GHOSTS = 4;

type Ghost = { readonly member: TestMember; readonly stored: StoredState };

export const walkGroup = async (people: readonly TestMember[], seed: number, steps: number): Promise<SweepResult> => {
  const choose = createChooser(seed);
  const tally = createTally();
  const directory = directoryOf(people);
  const founder = choose.of(people);
  const states = new Map([[founder, await founder.engine.createGroup(TEST_GROUP, TEST_CONVERSATION)]]);
  let ghosts: readonly Ghost[] = [];
  let lastMessage: Bytes | undefined;

  const stateOf = (member: TestMember): GroupState => {
    const state = states.get(member);
    if (state === undefined) throw new Error('not a member');
    return state;
  };
  const leafOf = (member: TestMember): number => member.engine.ownLeaf(stateOf(member));
  const members = (): TestMember[] => [...states.keys()];

  /** Now and then somebody tries a Welcome that was not made for it. */
  const opensForAnother = async (welcome: Bytes, joiner: TestMember): Promise<boolean> => {
    if (choose.below(4) > 0) return false;
    const { privatePart } = await joiner.engine.createKeyPackage();
    return (await joiner.engine.join(welcome, privatePart, directory)).ok;
  };

  const commitStep = async (): Promise<boolean> => {
    const committer = choose.of(members());
    const outside = people.filter((member) => !states.has(member));
    const others = members().filter((member) => member !== committer);
    const kinds = [
      'update',
      ...(outside.length > 0 ? ['add', 'add'] : []),
      ...(states.size > MIN_MEMBERS ? ['remove', 'swap'] : []),
    ];
    const kind = choose.of(kinds);
    const joining = kind === 'add' || (kind === 'swap' && outside.length > 0) ? [choose.of(outside)] : [];
    const leaving = kind === 'remove' || kind === 'swap' ? [choose.of(others)] : [];
    const packages = await Promise.all(joining.map(({ engine }) => engine.createKeyPackage()));
    const change = { add: packages.map(({ keyPackage }) => keyPackage), remove: leaving.map(leafOf) };
    const parts = { authenticatedData: header, directory };
    // Now and then somebody else was quicker, and the first attempt is refused.
    if (choose.below(4) === 0) {
      const lost = must(await committer.engine.commit(stateOf(committer), change, parts));
      states.set(committer, committer.engine.drop(lost));
    }
    const before = new Map(leaving.map((member) => [member, member.engine.store(stateOf(member))]));
    const pending = must(await committer.engine.commit(stateOf(committer), change, parts));
    for (const other of others) {
      const judged = await other.engine.judge(stateOf(other), pending.commit, parts);
      if (judged.standing !== 'applied' || (judged.nextState === undefined) !== leaving.includes(other)) return false;
      states.delete(other);
      if (judged.nextState) states.set(other, judged.nextState);
    }
    states.set(committer, committer.engine.adopt(pending));
    const authenticator = bytesToHex(committer.engine.epochAuthenticator(stateOf(committer)));
    for (const gone of leaving) {
      const stored = before.get(gone);
      if (stored === undefined) return false;
      ghosts = [{ member: gone, stored }, ...ghosts].slice(0, GHOSTS);
      const found = await attackAsRemoved(suiteOf(gone), stored, pending.commit, directory);
      if (found.includes(authenticator)) return false;
    }
    for (const [index, joiner] of joining.entries()) {
      const { privatePart } = packages[index] ?? { privatePart: new Uint8Array(0) };
      if (!pending.welcome || (await opensForAnother(pending.welcome, joiner))) return false;
      const joined = must(await joiner.engine.join(pending.welcome, privatePart, directory));
      states.set(joiner, joined.state);
      // What was written before it came stays closed to it.
      if (lastMessage && (await joiner.engine.unprotect(joined.state, lastMessage, header)).ok) return false;
    }
    return members().every((member) => bytesToHex(member.engine.epochAuthenticator(stateOf(member))) === authenticator);
  };

  const messageStep = async (): Promise<boolean> => {
    const author = choose.of(members());
    const text = utf8(`message ${tally.tried()}`);
    const sealed = await author.engine.protect(stateOf(author), text, header);
    states.set(author, sealed.nextState);
    lastMessage = sealed.message;
    for (const reader of members()) {
      if (reader === author) continue;
      const opened = await reader.engine.unprotect(stateOf(reader), sealed.message, header);
      if (!opened.ok || opened.value.content.join() !== text.join() || opened.value.leaf !== leafOf(author))
        return false;
      states.set(reader, opened.value.nextState);
    }
    for (const { member, stored } of ghosts) {
      const opened = await member.engine.unprotect(must(member.engine.load(stored)), sealed.message, header);
      if (opened.ok) return false;
    }
    return true;
  };

  for (let step = 0; step < steps; step += 1) {
    await tally.expect(`walk ${seed}, step ${step}`, async () => (await commitStep()) && (await messageStep()));
  }
  return tally.result();
};
