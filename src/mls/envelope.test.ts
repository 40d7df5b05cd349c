import { beforeEach, describe, expect, test } from 'vitest';
import type { DepositId } from '../domain/ids.ts';
import { utf8, type Bytes } from '../crypto/bytes.ts';
import { createSeededRandom } from '../crypto/testing/seeded-random.ts';
import { envelope, envelopeHeader } from '../wire/envelope.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';
import type { GroupState } from './engine.ts';
import { depositCapability, depositCapabilityHash, exportHintKey } from './group-secrets.ts';
import { openHint } from './hint.ts';
import { judgeHandshake, openMessage, openWelcome } from './open-envelope.ts';
import { readEnvelope } from './read-envelope.ts';
import { sealCommit, sealMessage, type SealDeps } from './seal-envelope.ts';
import {
  chainsOf,
  createTestGroup,
  createTestMember,
  createTestMembers,
  evidenceOf,
  must,
  type TestMember,
} from './testing/test-group.ts';

const depositId = '00'.repeat(16) as DepositId;
const place = { base: 5, head: 7, depositId };
const random = createSeededRandom('envelopes');
const depsOf = ({ engine }: TestMember): SealDeps => ({ engine, random });

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

const seal = async (change: Partial<typeof place> = {}): Promise<Bytes> => {
  const sealed = await sealMessage(depsOf(anna), annas, {
    class: 'message',
    place: { ...place, ...change },
    payload: utf8('hello'),
  });
  annas = sealed.nextState;
  return sealed.envelope;
};

describe('a message in its envelope', () => {
  test('opens, and names its author', async () => {
    const opened = must(await openMessage(bert.engine, berts, await seal(), 5));
    expect(opened).toMatchObject({
      header: { class: 'message', ...place },
      author: { leaf: 0, identity: anna.signer.identity },
    });
    expect(opened.payload).toEqual(utf8('hello'));
  });

  test('counts only right after the last commit: earlier and later ones are told apart', async () => {
    expect(await openMessage(bert.engine, berts, await seal({ base: 4 }), 5)).toEqual({
      ok: false,
      error: { tag: 'stale' },
    });
    expect(await openMessage(bert.engine, berts, await seal({ base: 6 }), 5)).toEqual({
      ok: false,
      error: { tag: 'early' },
    });
  });

  test.each([
    ['base', { base: 6 }],
    ['head', { head: 8 }],
    ['deposit id', { depositId: '01'.repeat(16) as DepositId }],
    ['class', { class: 'receipt' as const }],
    ['group', { groupId: 'ff'.repeat(16) as never }],
    ['hint', { hint: new Uint8Array(48) }],
  ])('with another %s in its header it does not open', async (_what, change) => {
    const outer = must(decodeWith(envelope, await seal()));
    const header = must(decodeWith(envelopeHeader, outer.header));
    const altered = encodeWith(envelope, { ...outer, header: encodeWith(envelopeHeader, { ...header, ...change }) });
    const base = 'base' in change ? 6 : 5;
    expect((await openMessage(bert.engine, berts, altered, base)).ok).toBe(false);
    expect((await openMessage(bert.engine, berts, encodeWith(envelope, outer), 5)).ok).toBe(true);
  });

  test('whispers the sender to whoever holds the hint key, and to nobody else', async () => {
    const read = must(await readEnvelope(await seal(), ['message']));
    const key = await exportHintKey(bert.engine, berts);
    expect(await openHint(key, read.header)).toEqual({ leaf: 0, flags: 0 });
    expect(await openHint(key, { ...read.header, base: 6 })).toBeUndefined();
  });
});

describe('the deposit capability', () => {
  test('is one for all members and changes with the epoch', async () => {
    const before = await depositCapability(anna.engine, annas);
    expect(await depositCapability(bert.engine, berts)).toEqual(before);
    const pending = must(
      await sealCommit(depsOf(anna), annas, {
        change: { add: [], remove: [] },
        place,
        welcomeDepositId: depositId,
        chains: chainsOf(members),
        evidence: [],
      }),
    );
    const judged = await judgeHandshake(bert.engine, berts, pending.envelope, { base: 5, chains: chainsOf(members) });
    if (judged.standing !== 'applied' || !judged.nextState) throw new Error(judged.standing);
    expect(await depositCapability(bert.engine, judged.nextState)).not.toEqual(before);
    expect(await depositCapabilityHash(bert.engine, judged.nextState)).toEqual(pending.capabilityHash);
  });
});

describe('a handshake with its evidence', () => {
  const addCleo = async (evidence: (cleo: TestMember) => readonly Uint8Array<ArrayBuffer>[]) => {
    const cleo = await createTestMember('cleo');
    const cleos = await cleo.engine.createKeyPackage();
    const sealed = await sealCommit(depsOf(anna), annas, {
      change: { add: [cleos.keyPackage], remove: [] },
      place,
      welcomeDepositId: depositId,
      chains: chainsOf(members),
      evidence: evidence(cleo),
      introduction: { version: 1, name: 'Anna' },
    });
    return { cleo, cleos, sealed };
  };

  test('brings a newcomer whom nobody knew, in one Welcome with everything to check it by', async () => {
    const { cleo, cleos, sealed } = await addCleo((member) => evidenceOf([member]));
    const pending = must(sealed);
    const known = { base: 5, chains: chainsOf(members) };
    const judged = await judgeHandshake(bert.engine, berts, pending.envelope, known);
    expect(judged).toMatchObject({
      standing: 'applied',
      change: { added: [{ leaf: 2, identity: cleo.signer.identity }] },
    });
    expect(judged.standing === 'applied' && judged.chains.has(cleo.signer.identity.accountId)).toBe(true);
    const joined = must(await openWelcome(cleo.engine, pending.welcomeEnvelope!, cleos.privatePart));
    expect(joined).toMatchObject({ introduction: { name: 'Anna' }, addedBy: { identity: anna.signer.identity } });
    expect(joined.chains.size).toBe(3);
    expect(cleo.engine.epochAuthenticator(joined.state)).toEqual(
      anna.engine.epochAuthenticator(anna.engine.adopt(pending)),
    );
  });

  test('that the relay was told to send to others than the members is skipped', async () => {
    const { sealed } = await addCleo((member) => evidenceOf([member]));
    const { envelope: bytes, recipients } = must(sealed);
    expect(recipients).toHaveLength(3);
    const known = { base: 5, chains: chainsOf(members) };
    const fewer = await judgeHandshake(bert.engine, berts, bytes, { ...known, recipients: recipients.slice(1) });
    expect(fewer).toEqual({ standing: 'skipped', reason: 'wrong-recipients' });
    expect(await judgeHandshake(bert.engine, berts, bytes, { ...known, recipients })).toMatchObject({
      standing: 'applied',
    });
  });

  test('without evidence is not even made', async () => {
    const { sealed } = await addCleo(() => []);
    expect(sealed).toEqual({ ok: false, error: { tag: 'bad-key-package', position: 0 } });
    expect(anna.engine.epoch(annas)).toBe(1);
  });

  test.each<[string, (outer: ReturnType<typeof mustOuter>) => Uint8Array]>([
    ['evidence taken out', (outer) => encodeWith(envelope, { header: outer.header, body: outer.body })],
    ['evidence exchanged', (outer) => encodeWith(envelope, { ...outer, evidence: evidenceOf([anna]) })],
    [
      'evidence added',
      (outer) => encodeWith(envelope, { ...outer, evidence: [...outer.evidence!, ...evidenceOf([anna])] }),
    ],
    ['evidence emptied', (outer) => encodeWith(envelope, { ...outer, evidence: [] })],
    ['another version', (outer) => reheader(outer, { version: 2 })],
    ['another class', (outer) => reheader(outer, { class: 'welcome' })],
  ])('with %s it is skipped', async (_what, alter) => {
    const { sealed } = await addCleo((member) => evidenceOf([member]));
    const altered = alter(mustOuter(must(sealed).envelope));
    const known = { base: 5, chains: chainsOf(members) };
    expect(await judgeHandshake(bert.engine, berts, altered, known)).toMatchObject({ standing: 'skipped' });
    expect(await judgeHandshake(bert.engine, berts, must(sealed).envelope, known)).toMatchObject({
      standing: 'applied',
    });
  });

  test('made after another commit it is skipped', async () => {
    const { sealed } = await addCleo((member) => evidenceOf([member]));
    const known = { base: 4, chains: chainsOf(members) };
    expect(await judgeHandshake(bert.engine, berts, must(sealed).envelope, known)).toMatchObject({
      reason: 'other-base',
    });
  });

  const mustOuter = (bytes: Uint8Array) => must(decodeWith(envelope, bytes));
  const reheader = (outer: ReturnType<typeof mustOuter>, change: object): Uint8Array => {
    const header = must(decodeWith(envelopeHeader, outer.header));
    return encodeWith(envelope, { ...outer, header: encodeWith(envelopeHeader, { ...header, ...change }) });
  };
});
