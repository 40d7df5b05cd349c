/** A group with a hostile member, and the tools that such a member has (forgeries.ts). */
import { signFramedContentApplicationOrProposal, toTbs, type FramedContent } from 'ts-mls/framedContent.js';
import { decodeKeyPackage } from 'ts-mls/keyPackage.js';
import type { DepositId } from '../../domain/ids.ts';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { createDeviceEntry } from '../../account/create-entries.ts';
import { createTestDevice, TEST_TIME_MS, toAddedDevice } from '../../account/testing/test-account.ts';
import { envelope, envelopeHeader, type EnvelopeHeader } from '../../wire/envelope.ts';
import { encodeWith } from '../../wire/schema.ts';
import type { GroupState, MlsEngine, StoredState } from '../engine.ts';
import { judgeHandshake, openMessage } from '../open-envelope.ts';
import { hashEvidence } from '../read-envelope.ts';
import { sealCommit } from '../seal-envelope.ts';
import { toEpochState, toGroupState } from '../ts-mls/epoch-state.ts';
import { frameContent, sealPrivate } from '../ts-mls/private-message.ts';
import { SIGNING_KEY_HANDLE } from '../ts-mls/suite.ts';
import { byValue, craftCommit, suiteOf } from './hostile-member.ts';
import { chainsOf, createTestGroup, createTestMembers, must, TEST_GROUP } from './test-group.ts';
import type { TestMember } from './test-group.ts';

export const BASE = 5;
export const ANNAS_LEAF = 0;

/** Who is fooled, by whom: anna is honest, bert reads, cleo is hostile; dora is outside, and known. */
const PEOPLE = ['anna', 'bert', 'cleo', 'dora'] as const;
type Cast = Readonly<Record<(typeof PEOPLE)[number], TestMember>>;

export interface Stage extends Cast {
  readonly known: { readonly base: number; readonly chains: ReturnType<typeof chainsOf> };
  /** A state that was not spent yet, each time. */
  fresh(who: 'anna' | 'bert' | 'cleo'): GroupState;
  header(change?: Partial<EnvelopeHeader>): EnvelopeHeader;
}

/** What a reader says to it: `opened` or `applied` if it takes it, else why not. */
export type Forgery = {
  readonly meant: string;
  readonly verdict: (stage: Stage, reader: MlsEngine) => Promise<string>;
};

export const said = async (
  reader: MlsEngine,
  stage: Stage,
  bytes: Bytes,
  state = stage.fresh('bert'),
): Promise<string> => {
  const opened = await openMessage(reader, state, bytes, BASE);
  return opened.ok ? 'opened' : opened.error.tag;
};

export const judged = async (
  reader: MlsEngine,
  stage: Stage,
  bytes: Bytes,
  known: Parameters<typeof judgeHandshake>[3] = stage.known,
): Promise<string> => {
  const judgement = await judgeHandshake(reader, stage.fresh('bert'), bytes, known);
  return judgement.standing === 'skipped' ? judgement.reason : judgement.standing;
};

/** A message by cleo that says of itself what it likes, under keys that every member has. */
export const craftMessage = async (
  stage: Stage,
  claims: {
    readonly leaf?: number;
    readonly epochs?: bigint;
    readonly header?: EnvelopeHeader;
    readonly boundTo?: EnvelopeHeader;
  },
): Promise<Bytes> => {
  const suite = suiteOf(stage.cleo);
  const state = toEpochState(stage.fresh('cleo'));
  const { groupContext, privatePath } = state;
  const leafIndex = claims.leaf ?? privatePath.leafIndex;
  const claimed = {
    ...state,
    groupContext: { ...groupContext, epoch: groupContext.epoch + (claims.epochs ?? 0n) },
    privatePath: { ...privatePath, leafIndex },
  };
  const header = encodeWith(envelopeHeader, claims.header ?? stage.header());
  const bound = claims.boundTo ? encodeWith(envelopeHeader, claims.boundTo) : header;
  const framed: FramedContent = {
    ...frameContent(claimed.groupContext, leafIndex, bound),
    contentType: 'application',
    applicationData: utf8('forged'),
  };
  const toSign = { ...toTbs(framed, 'mls_private_message', groupContext), content: framed };
  const auth = await signFramedContentApplicationOrProposal(SIGNING_KEY_HANDLE, toSign, suite);
  const { message } = await sealPrivate(suite, claimed, { ...framed, auth }, bound);
  return encodeWith(envelope, { header, body: message });
};

export const craftHandshake = async (
  stage: Stage,
  parts: Omit<Parameters<typeof craftCommit>[2], 'authenticatedData'> = {},
  claims: {
    readonly leaf?: number;
    readonly header?: Partial<EnvelopeHeader>;
    readonly evidence?: readonly Bytes[];
  } = {},
): Promise<Bytes> => {
  const evidence = claims.evidence ?? [];
  const evidenceHash = await hashEvidence(evidence);
  const header = encodeWith(envelopeHeader, stage.header({ class: 'handshake', evidenceHash, ...claims.header }));
  const state = toEpochState(stage.fresh('cleo'));
  const privatePath = { ...state.privatePath, leafIndex: claims.leaf ?? state.privatePath.leafIndex };
  const group = toGroupState({ ...state, privatePath });
  const body = await craftCommit(stage.cleo, group, { authenticatedData: header, ...parts });
  return encodeWith(envelope, { header, body, evidence });
};

/** Made as our own client makes it, by anna. */
export const honestCommit = async (stage: Stage, evidence: readonly Bytes[] = []) =>
  must(
    await sealCommit({ engine: stage.anna.engine, random: createSeededRandom('honest') }, stage.fresh('anna'), {
      change: { add: [], remove: [] },
      place: { base: BASE, head: BASE, depositId: '0a'.repeat(16) as DepositId },
      welcomeDepositId: '0b'.repeat(16) as DepositId,
      chains: stage.known.chains,
      evidence,
    }),
  );

export const addOf = async (member: Pick<TestMember, 'engine'>) => {
  const [keyPackage] = decodeKeyPackage((await member.engine.createKeyPackage()).keyPackage, 0) ?? [];
  if (keyPackage === undefined) throw new Error('not a key package');
  return byValue({ proposalType: 'add', add: { keyPackage } });
};

/** Dora's account takes up a phone, and then, perhaps, lets go of the device that it began with. */
export const withPhone = async ({ dora }: Stage, isFirstRemoved: boolean): Promise<readonly Bytes[]> => {
  const { chain, device } = dora.account;
  const added = [await toAddedDevice(chain.state, await createTestDevice('dora', 1))];
  const removed = isFirstRemoved ? [0] : [];
  const signer = { deviceIndex: 0, signingKey: device.signingKey };
  const entry = await createDeviceEntry(chain.state, { added, removed, timeMs: TEST_TIME_MS }, signer);
  return [...chain.entries, entry];
};

export const setStage = async (round: number): Promise<Stage> => {
  const members = await createTestMembers(...PEOPLE);
  const [anna, bert, cleo, dora] = members as [TestMember, TestMember, TestMember, TestMember];
  const inside = [anna, bert, cleo];
  const states = await createTestGroup(inside);
  const stored = { anna, bert, cleo };
  const kept = Object.fromEntries(
    (['anna', 'bert', 'cleo'] as const).map((who, index) => [who, stored[who].engine.store(states[index]!)]),
  ) as Record<'anna' | 'bert' | 'cleo', StoredState>;
  const random = createSeededRandom(`forgeries ${round}`);
  return {
    ...{ anna, bert, cleo, dora },
    known: { base: BASE, chains: chainsOf(inside) },
    fresh: (who) => must(stored[who].engine.load(kept[who])),
    header: (change = {}) => ({
      version: 1,
      class: 'message',
      groupId: TEST_GROUP,
      base: BASE,
      head: BASE,
      depositId: 'ee'.repeat(16) as DepositId,
      hint: random(48),
      ...change,
    }),
  };
};
