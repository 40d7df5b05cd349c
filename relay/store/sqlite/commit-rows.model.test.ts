/** The store decides about commits and messages exactly as the model does that was walked in sim/commit-rows. */
import { describe, expect, it } from 'vitest';
import { createChance, type Chance } from '../../../sim/commit-rows/chance.ts';
import { RelayModel, type Item, type Standing } from '../../../sim/commit-rows/relay-model.ts';
import type { MailboxId } from '../../../src/domain/ids.ts';
import { DAY_MS } from '../../../src/domain/limits.ts';
import { deferToEndOfTurn, randomBytes } from '../../platform.ts';
import type { RelayStore } from '../store.ts';
import {
  addMailbox,
  commitTo,
  depositInto,
  fetchAll,
  hashOf,
  newGroupId,
  NOW_MS,
  payFor,
  signNothing,
} from '../testing/store-fixture.ts';
import { openSqliteStore } from './open.ts';

const STEPS = 60;
const MINUTE_MS = 60_000;
const capabilityHash = (capability: number) => hashOf(`capability ${capability}`);

type Both = {
  readonly store: RelayStore;
  readonly model: RelayModel;
  readonly mailboxes: readonly MailboxId[];
  readonly groupId: ReturnType<typeof newGroupId>;
  readonly chance: Chance;
  nowMs: number;
  commits: number;
};

const start = async (seed: number): Promise<Both> => {
  const chance = createChance(seed);
  const store = openSqliteStore({ random: randomBytes, defer: deferToEndOfTurn }, { file: ':memory:' });
  const mailboxes: MailboxId[] = [];
  for (let count = 3 + chance.below(3); count > 0; count -= 1) mailboxes.push(await addMailbox(store));
  const groupId = newGroupId();
  const creator = mailboxes[0]!;
  await store.createGroup({ groupId, creator, capabilityHash: capabilityHash(0), nowMs: NOW_MS, sign: signNothing });
  return { store, model: new RelayModel([0]), mailboxes, groupId, chance, nowMs: NOW_MS, commits: 0 };
};

const anySequence = ({ chance, model }: Both): number =>
  chance.happens(0.8) ? chance.pick(model.rows).sequence : chance.below(STEPS);
const anyHead = (both: Both): number => (both.chance.happens(0.85) ? both.model.newest : anySequence(both));

const commit = async (both: Both): Promise<void> => {
  const { store, model, mailboxes, groupId, chance } = both;
  const by = chance.below(mailboxes.length);
  const [base, head] = [anySequence(both), anyHead(both)];
  const recipients = new Set(mailboxes.map((_, index) => index).filter(() => chance.happens(0.7)));
  recipients.add(chance.happens(0.9) ? by : chance.below(mailboxes.length));
  const known = model.row(base)?.recipients ?? new Set();
  const newcomers = [...recipients].filter((member) => !known.has(member));
  const isPaid = chance.happens(0.8);
  const envelope = randomBytes(50);
  const welcomes = [];
  for (const member of isPaid ? newcomers : []) {
    const mailboxId = mailboxes[member]!;
    welcomes.push({ mailboxId, envelope, tokenHash: await payFor(store, mailboxId, both.nowMs) });
  }
  both.commits += 1;
  const capability = both.commits;
  const answer = await store.acceptCommit(
    commitTo(groupId, mailboxes[by]!, {
      base,
      head,
      recipients: [...recipients].map((member) => mailboxes[member]!),
      capabilityHash: capabilityHash(capability),
      welcomes,
      nowMs: both.nowMs,
    }),
  );
  // That newcomers are paid for is the relay's alone; the model begins where that is settled.
  if (!isPaid && newcomers.length > 0) {
    expect(answer.ok).toBe(false);
    return;
  }
  const content = { isPublicOk: true, parentEpoch: 0, epoch: 0, failsFor: new Set<number>(), removed: [], added: [] };
  expectSame(both, answer, model.commit({ by, base, head, recipients, capability, content }));
};

const send = async (both: Both): Promise<void> => {
  const { store, model, groupId, chance } = both;
  const [base, head] = [anySequence(both), anyHead(both)];
  const capability = chance.happens(0.85) ? (model.row(base)?.capability ?? 0) : chance.below(both.commits + 1);
  const answer = await store.deposit(
    depositInto(groupId, { base, head, capabilityHash: capabilityHash(capability), nowMs: both.nowMs }),
  );
  expectSame(both, answer, model.message({ by: 0, base, head, capability, epoch: 0, messageId: '' }));
};

type Answer = Awaited<ReturnType<RelayStore['deposit']>> | Awaited<ReturnType<RelayStore['acceptCommit']>>;

const expectSame = ({ model, mailboxes }: Both, answer: Answer, item: Item | undefined): void => {
  expect(answer.ok).toBe(item !== undefined);
  if (!answer.ok) {
    if (answer.error.tag === 'conflict') expect(answer.error.newest).toBe(model.newest);
    return;
  }
  expect(answer.value.sequence).toBe(item?.sequence);
  const reached = new Set(answer.value.wake.map((mailboxId) => mailboxes.indexOf(mailboxId)));
  expect(reached).toEqual(item?.to);
};

const acknowledge = async ({ store, model, mailboxes, chance, nowMs }: Both): Promise<void> => {
  const member = chance.below(mailboxes.length);
  const { items } = await fetchAll(store, mailboxes[member]!, nowMs);
  if (items.length === 0) return;
  const { cursor, sequence } = chance.pick(items);
  const standing: Standing = chance.pick(['applied', 'applied', 'applied', 'skipped', 'broken']);
  await store.acknowledge(mailboxes[member]!, [{ cursor, standing }]);
  const item = model.log.find((candidate) => candidate.sequence === sequence);
  if (item?.kind === 'commit') model.acknowledge(member, item, standing);
};

const wait = async (both: Both): Promise<void> => {
  both.nowMs += both.chance.pick([DAY_MS, 20 * DAY_MS, 50 * DAY_MS, 91 * DAY_MS]) + MINUTE_MS;
  await both.store.expire(both.nowMs);
};

describe('commit rows in the store', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('decide as in the model, walk %i', async (seed) => {
    const both = await start(seed);
    const actions = [commit, commit, commit, send, send, acknowledge, acknowledge, acknowledge, wait];
    for (let step = 0; step < STEPS; step += 1) {
      both.nowMs += 7 * MINUTE_MS;
      both.model.day = (both.nowMs - NOW_MS) / DAY_MS;
      await both.chance.pick(actions)(both);
      both.model.day = (both.nowMs - NOW_MS) / DAY_MS;
    }
    await both.store.close();
  });
});
