/**
 * Envelopes as a relay could alter them on their way: every altered one is refused, the client goes on, and the message
 * itself still opens afterwards.
 */
import type { DepositId, GroupId } from '../../domain/ids.ts';
import { concatBytes, utf8, type Bytes } from '../../crypto/bytes.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { envelope, envelopeHeader, type Envelope, type EnvelopeHeader } from '../../wire/envelope.ts';
import { decodeWith, encodeWith } from '../../wire/schema.ts';
import type { GroupState, MlsEngine } from '../engine.ts';
import { judgeHandshake, openMessage, openWelcome } from '../open-envelope.ts';
import { hashEvidence } from '../read-envelope.ts';
import { sealCommit, sealMessage } from '../seal-envelope.ts';
import { createChooser, createTally, type Chooser, type SweepResult } from './sweep-result.ts';
import {
  chainsOf,
  createTestGroup,
  createTestMembers,
  evidenceOf,
  must,
  TEST_CONVERSATION,
  TEST_GROUP,
  type TestMember,
} from './test-group.ts';

const OTHER_GROUP = 'fedcba9876543210fedcba9876543210' as GroupId;
const BASE = 5;
const MESSAGES = 8;

interface Scene {
  readonly reader: TestMember;
  readonly members: readonly TestMember[];
  /** The reader's, spent by no refused envelope. */
  state: GroupState;
  /** Sent to the reader's group and not opened yet. */
  readonly messages: readonly Bytes[];
  /** Opened already. */
  readonly opened: readonly Bytes[];
  /** Sent to another group of the same people. */
  readonly elsewhere: readonly Bytes[];
  readonly handshake: Bytes;
  readonly welcome: Bytes;
  readonly newcomer: TestMember;
  readonly newcomersPart: Bytes;
}

/** A relay's trick, by name. `undefined` where it does not fit the envelope that was chosen. */
type Trick = (original: Bytes, choose: Chooser, scene: Scene) => Promise<Bytes | undefined> | Bytes | undefined;

const parts = (bytes: Bytes): { readonly outer: Envelope; readonly header: EnvelopeHeader } => {
  const outer = must(decodeWith(envelope, bytes));
  return { outer, header: must(decodeWith(envelopeHeader, outer.header)) };
};
const reheader = (bytes: Bytes, change: Partial<EnvelopeHeader>): Bytes => {
  const { outer, header } = parts(bytes);
  return encodeWith(envelope, { ...outer, header: encodeWith(envelopeHeader, { ...header, ...change }) });
};
const flip = (bytes: Bytes, choose: Chooser): Bytes => {
  const flipped = bytes.slice();
  const at = choose.below(bytes.length);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << choose.below(8));
  return flipped;
};

const HEADER_CHANGES: readonly ((header: EnvelopeHeader, choose: Chooser) => Partial<EnvelopeHeader>)[] = [
  () => ({ version: 2 }),
  ({ class: name }) => ({ class: name === 'message' ? 'receipt' : 'message' }),
  () => ({ class: 'ephemeral' }),
  () => ({ groupId: OTHER_GROUP }),
  ({ base }) => ({ base: base + 1 }),
  ({ head }, choose) => ({ head: head + 1 + choose.below(1_000) }),
  () => ({ depositId: 'ab'.repeat(16) as DepositId }),
  ({ hint }, choose) => ({ hint: flip(hint, choose) }),
  (_header, choose) => ({ evidenceHash: new Uint8Array(32).fill(choose.below(256)) }),
];

const anyTricks: Readonly<Record<string, Trick>> = {
  'a bit flipped': (bytes, choose) => flip(bytes, choose),
  'cut short': (bytes, choose) => bytes.slice(0, choose.below(bytes.length)),
  'bytes after the end': (bytes, choose) => concatBytes(bytes, new Uint8Array(1 + choose.below(20))),
  'a bit of the body flipped': (bytes, choose) => {
    const { outer } = parts(bytes);
    return encodeWith(envelope, { ...outer, body: flip(outer.body, choose) });
  },
  'the body cut short': (bytes, choose) => {
    const { outer } = parts(bytes);
    return encodeWith(envelope, { ...outer, body: outer.body.slice(0, 1 + choose.below(outer.body.length - 1)) });
  },
};
const messageTricks: Readonly<Record<string, Trick>> = {
  ...anyTricks,
  'the header altered': (bytes, choose) => reheader(bytes, choose.of(HEADER_CHANGES)(parts(bytes).header, choose)),
  'the header of another message': (bytes, choose, { messages }) => {
    const other = parts(choose.of(messages)).outer;
    const { outer } = parts(bytes);
    return other.header.join() === outer.header.join()
      ? undefined
      : encodeWith(envelope, { ...outer, header: other.header });
  },
  'sent to another group': (_bytes, choose, { elsewhere }) => choose.of(elsewhere),
  'from another group under this group’s name': (_bytes, choose, { elsewhere }) =>
    reheader(choose.of(elsewhere), { groupId: TEST_GROUP }),
  'played again': (_bytes, choose, { opened }) => choose.of(opened),
  'played again under a new deposit id': (_bytes, choose, { opened }) =>
    reheader(choose.of(opened), { depositId: 'cd'.repeat(16) as DepositId }),
  'evidence added': (bytes) => encodeWith(envelope, { ...parts(bytes).outer, evidence: [] }),
};
const handshakeTricks: Readonly<Record<string, Trick>> = {
  ...anyTricks,
  'the header altered': (bytes, choose) => reheader(bytes, choose.of(HEADER_CHANGES)(parts(bytes).header, choose)),
  'other evidence': async (bytes, _choose, { members }) => {
    const evidence = evidenceOf(members.slice(0, 1));
    const altered = reheader(bytes, { evidenceHash: await hashEvidence(evidence) });
    return encodeWith(envelope, { ...parts(altered).outer, evidence });
  },
  'other evidence under the hash of the right one': (bytes, _choose, { members }) =>
    encodeWith(envelope, { ...parts(bytes).outer, evidence: evidenceOf(members.slice(0, 1)) }),
  'a message in its place': (_bytes, choose, { messages }) => reheader(choose.of(messages), { class: 'handshake' }),
};
/** A Welcome's header is not authenticated, and nothing is taken from it but the group id, which is compared. */
const welcomeTricks: Readonly<Record<string, Trick>> = {
  'a bit of the body flipped': anyTricks['a bit of the body flipped'] ?? (() => undefined),
  'the body cut short': anyTricks['the body cut short'] ?? (() => undefined),
  'cut short': anyTricks['cut short'] ?? (() => undefined),
  'another group’s id': (bytes) => reheader(bytes, { groupId: OTHER_GROUP }),
  'other evidence under the hash of the right one': (bytes, _choose, { members }) =>
    encodeWith(envelope, { ...parts(bytes).outer, evidence: evidenceOf([...members].reverse()) }),
  'a member’s chain left out': async (bytes, choose, { members }) => {
    const evidence = evidenceOf(members.filter((_member, index) => index !== choose.below(members.length)).slice(1));
    const altered = reheader(bytes, { evidenceHash: await hashEvidence(evidence) });
    return encodeWith(envelope, { ...parts(altered).outer, evidence });
  },
};

/** @param engineOf lets a control put a careless engine in the reader's place */
export const sweepTampers = async (
  seed: number,
  asked: number,
  engineOf: (engine: MlsEngine) => MlsEngine = (engine) => engine,
): Promise<SweepResult> => {
  const choose = createChooser(seed);
  const tally = createTally();
  const scene = await setScene(seed);
  const reader = engineOf(scene.reader.engine);
  const known = { base: BASE, chains: chainsOf(scene.members) };
  const acts = [
    ...Array.from({ length: 16 }, () => ({
      tricks: messageTricks,
      original: () => choose.of(scene.messages),
      isRefused: async (bytes: Bytes) => !(await openMessage(reader, scene.state, bytes, BASE)).ok,
    })),
    ...Array.from({ length: 3 }, () => ({
      tricks: handshakeTricks,
      original: () => scene.handshake,
      // `broken` would be as bad as `applied`: a relay could end a group with one bit.
      isRefused: async (bytes: Bytes) =>
        (await judgeHandshake(reader, scene.state, bytes, known)).standing === 'skipped',
    })),
    {
      tricks: welcomeTricks,
      original: () => scene.welcome,
      isRefused: async (bytes: Bytes) => !(await openWelcome(scene.newcomer.engine, bytes, scene.newcomersPart)).ok,
    },
  ];
  while (tally.tried() < asked) {
    const { tricks, original, isRefused } = choose.of(acts);
    const [name, trick] = choose.of(Object.entries(tricks));
    const bytes = original();
    const altered = await trick(bytes, choose, scene);
    if (altered === undefined || altered.join() === bytes.join()) continue;
    await tally.expect(`${name} (seed ${seed}, case ${tally.tried()})`, () => isRefused(altered));
  }
  await tally.expect('what was not altered still opens', async () => {
    for (const message of scene.messages) {
      scene.state = must(await openMessage(reader, scene.state, message, BASE)).nextState;
    }
    const joined = await openWelcome(scene.newcomer.engine, scene.welcome, scene.newcomersPart);
    const judged = await judgeHandshake(reader, scene.state, scene.handshake, known);
    return joined.ok && judged.standing === 'applied';
  });
  return tally.result();
};

const setScene = async (seed: number): Promise<Scene> => {
  const members = await createTestMembers('anna', 'bert', 'cleo');
  const [anna, bert] = members as [TestMember, TestMember];
  const [newcomer] = (await createTestMembers('dora')) as [TestMember];
  const [annas, berts] = (await createTestGroup(members)) as [GroupState, GroupState];
  const [elsewhere] = (await createTestGroup(members, TEST_CONVERSATION, OTHER_GROUP)) as [GroupState];
  const deps = { engine: anna.engine, random: createSeededRandom(`tampers ${seed}`) };
  const write = async (from: GroupState, count: number): Promise<[Bytes[], GroupState]> => {
    const sent: Bytes[] = [];
    let state = from;
    for (let index = 0; index < count; index += 1) {
      const depositId = `${index}`.padStart(32, '0') as DepositId;
      const sealed = await sealMessage(deps, state, {
        class: index % 4 === 3 ? 'receipt' : 'message',
        place: { base: BASE, head: BASE + index, depositId },
        payload: utf8('x'.repeat(40 * index)),
      });
      sent.push(sealed.envelope);
      state = sealed.nextState;
    }
    return [sent, state];
  };
  const [sent, after] = await write(annas, 2 * MESSAGES);
  const [others] = await write(elsewhere, MESSAGES);
  let state = berts;
  for (const message of sent.slice(0, MESSAGES))
    state = must(await openMessage(bert.engine, state, message, BASE)).nextState;
  const doras = await newcomer.engine.createKeyPackage();
  const pending = must(
    await sealCommit(deps, after, {
      change: { add: [doras.keyPackage], remove: [] },
      place: { base: BASE, head: BASE, depositId: 'aa'.repeat(16) as DepositId },
      welcomeDepositId: 'bb'.repeat(16) as DepositId,
      chains: chainsOf(members),
      evidence: evidenceOf([newcomer]),
    }),
  );
  const { welcomeEnvelope } = pending;
  if (welcomeEnvelope === undefined) throw new Error('nobody was added');
  return {
    reader: bert,
    members,
    state,
    messages: sent.slice(MESSAGES),
    opened: sent.slice(0, MESSAGES),
    elsewhere: others,
    handshake: pending.envelope,
    welcome: welcomeEnvelope,
    newcomer,
    newcomersPart: doras.privatePart,
  };
};
