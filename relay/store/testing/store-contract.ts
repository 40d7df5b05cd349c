/** What every store promises (store.ts), whatever it is built on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MailboxId } from '../../../src/domain/ids.ts';
import { DAY_MS } from '../../../src/domain/limits.ts';
import { randomBytes } from '../../platform.ts';
import type { RelayStore } from '../store.ts';
import {
  acknowledgeAll,
  addAccount,
  addGroup,
  addMailbox,
  commitTo,
  createDevice,
  depositInto,
  fetchAll,
  hashOf,
  newGroupId,
  NOW_MS,
  payFor,
  signNothing,
} from './store-fixture.ts';

export const describeRelayStore = (name: string, make: () => Promise<RelayStore>): void => {
  describe(`${name} keeps the promises of a relay store`, () => {
    let store: RelayStore;
    let ada: MailboxId;
    let ben: MailboxId;
    beforeEach(async () => {
      store = await make();
      ada = await addMailbox(store);
      ben = await addMailbox(store);
    });
    afterEach(() => store.close());

    const toBoth = { base: 1, head: 1, capabilityHash: hashOf('capability 1') };

    describe('mailboxes', () => {
      it('gives cursors that strictly increase and outlive what they named', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        await Promise.all(Array.from({ length: 50 }, () => store.deposit(depositInto(groupId, toBoth))));
        const first = (await fetchAll(store, ben)).items.map(({ cursor }) => cursor);
        expect(first).toHaveLength(50);
        expect(first).toEqual([...new Set(first)].sort((left, right) => left - right));
        await acknowledgeAll(store, ben);
        await store.deposit(depositInto(groupId, toBoth));
        const [next] = (await fetchAll(store, ben)).items;
        expect(next!.cursor).toBeGreaterThan(first.at(-1)!);
      });

      it('delivers to every recipient and deletes at each acknowledgement, as often as it comes', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const deposit = depositInto(groupId, toBoth);
        const accepted = await store.deposit(deposit);
        expect(accepted.ok && [...accepted.value.wake].sort()).toEqual([ada, ben].sort());
        const [item] = (await fetchAll(store, ben)).items;
        expect(item).toMatchObject({ groupId, sequence: 2, timeMs: NOW_MS, envelope: deposit.envelope });
        for (let times = 0; times < 2; times += 1) {
          await store.acknowledge(ben, [{ cursor: item!.cursor, standing: 'stored' }]);
          expect((await fetchAll(store, ben)).items).toEqual([]);
          expect((await fetchAll(store, ada)).items).toHaveLength(1);
        }
      });

      it('answers in pieces, at least one item each, and says whether there is more', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        for (let index = 0; index < 5; index += 1) await store.deposit(depositInto(groupId, toBoth));
        const fetch = (after: number, limit: number, maxBytes: number) =>
          store.fetch({ mailboxId: ben, after, limit, maxBytes, nowMs: NOW_MS });
        expect(await fetch(0, 2, 10_000)).toMatchObject({ items: { length: 2 }, more: true });
        const small = await fetch(0, 10, 1);
        expect(small).toMatchObject({ items: { length: 1 }, more: true });
        const rest = await fetch(small.items[0]!.cursor, 10, 10_000);
        expect(rest).toMatchObject({ items: { length: 4 }, more: false });
      });

      it('keeps a message for exactly seven days, whether or not it was cleaned up', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        await store.deposit(depositInto(groupId, toBoth));
        const lastMs = NOW_MS + 7 * DAY_MS - 1;
        await store.expire(lastMs);
        expect((await fetchAll(store, ben, lastMs)).items).toHaveLength(1);
        expect((await fetchAll(store, ben, lastMs + 1)).items).toEqual([]);
        await store.expire(lastMs + 1);
        expect((await fetchAll(store, ben, NOW_MS)).items).toEqual([]);
      });

      it('swaps a checkpoint only from the value that stands', async () => {
        const [one, two, three] = [randomBytes(32), randomBytes(32), randomBytes(32)];
        expect(await store.checkpoint(ada)).toEqual({ swapped: false });
        expect(await store.checkpoint(ada, { next: one })).toEqual({ value: one, swapped: true });
        expect(await store.checkpoint(ada, { next: two })).toEqual({ value: one, swapped: false });
        expect(await store.checkpoint(ada, { expected: one, next: two })).toEqual({ value: two, swapped: true });
        expect(await store.checkpoint(ada, { expected: one, next: two })).toEqual({ value: two, swapped: true });
        expect(await store.checkpoint(ada, { expected: one, next: three })).toEqual({ value: two, swapped: false });
      });
    });

    describe('deposits', () => {
      it('gives the first answer to a repeated deposit and delivers once', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const deposit = depositInto(groupId, toBoth);
        const first = await store.deposit(deposit);
        await store.deposit(depositInto(groupId, toBoth));
        // Even when the base has moved on and the clock too.
        await store.acceptCommit(commitTo(groupId, ada, { base: 1, head: 1, recipients: [ada, ben] }));
        const repeated = await store.deposit({ ...deposit, nowMs: NOW_MS + DAY_MS });
        expect(first.ok && repeated.ok && repeated.value).toMatchObject({ sequence: 2, timeMs: NOW_MS, wake: [] });
        expect((await fetchAll(store, ben)).items).toHaveLength(3);
      });

      it('knows a deposit id after its day, and takes no new one of another day', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const deposit = depositInto(groupId, toBoth);
        await store.deposit(deposit);
        expect(await store.deposit({ ...deposit, isDepositIdFresh: false })).toMatchObject({ ok: true });
        const old = await store.deposit(depositInto(groupId, { ...toBoth, isDepositIdFresh: false }));
        expect(old).toEqual({ ok: false, error: { tag: 'stale' } });
      });

      it('refuses another envelope under a used deposit id', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const deposit = depositInto(groupId, toBoth);
        await store.deposit(deposit);
        const other = await store.deposit({ ...deposit, envelopeHash: randomBytes(32) });
        expect(other).toEqual({ ok: false, error: { tag: 'conflict', newest: 1 } });
      });

      it('asks for the capability before it says anything of the group', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const guess = await store.deposit(depositInto(groupId, { ...toBoth, capabilityHash: hashOf('a guess') }));
        expect(guess).toMatchObject({ error: { tag: 'forbidden' } });
        const old = await store.deposit(depositInto(groupId, { ...toBoth, base: 7 }));
        expect(old).toEqual({ ok: false, error: { tag: 'conflict', newest: 1 } });
        expect(await store.deposit(depositInto(newGroupId()))).toMatchObject({ error: { tag: 'not-found' } });
        expect((await fetchAll(store, ben)).items).toEqual([]);
      });

      it('refuses a message whose sender has not seen the newest commit', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        await store.acceptCommit(commitTo(groupId, ada, { base: 1, head: 1, recipients: [ada, ben] }));
        const late = await store.deposit(depositInto(groupId, toBoth));
        expect(late).toEqual({ ok: false, error: { tag: 'conflict', newest: 2 } });
        expect(await store.deposit(depositInto(groupId, { ...toBoth, head: 2 }))).toMatchObject({ ok: true });
      });
    });

    describe('commits', () => {
      it('takes exactly one of many that race for one place', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const commits = Array.from({ length: 40 }, (_, index) =>
          store.acceptCommit(
            commitTo(groupId, index % 2 === 0 ? ada : ben, { base: 1, head: 1, recipients: [ada, ben] }),
          ),
        );
        const answers = await Promise.all(commits);
        expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
        expect(answers.filter((answer) => !answer.ok && answer.error.tag === 'conflict')).toHaveLength(39);
        expect((await fetchAll(store, ben)).items).toHaveLength(1);
      });

      it('gives the first answer to a repeated commit', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        const commit = commitTo(groupId, ada, { base: 1, head: 1, recipients: [ada, ben] });
        const first = await store.acceptCommit(commit);
        const repeated = await store.acceptCommit({ ...commit, nowMs: NOW_MS + 1 });
        expect(first.ok && repeated.ok && { ...repeated.value, wake: [] }).toEqual({
          ...(first.ok && first.value),
          wake: [],
        });
        expect((await fetchAll(store, ben)).items).toHaveLength(1);
      });

      it('reaches a new mailbox only for a welcome token of its own, once', async () => {
        const groupId = await addGroup(store, [ada]);
        const envelope = randomBytes(100);
        const tokenHash = await payFor(store, ben);
        const cleo = await addMailbox(store);
        const add = (mailboxId: MailboxId, welcomes: Parameters<typeof commitTo>[2] = {}) =>
          store.acceptCommit(commitTo(groupId, ada, { recipients: [ada, mailboxId], ...welcomes }));

        expect(await add(ben)).toMatchObject({ error: { tag: 'forbidden' } });
        const stolen = await add(cleo, { welcomes: [{ mailboxId: cleo, tokenHash, envelope }] });
        expect(stolen).toMatchObject({ error: { tag: 'forbidden' } });
        expect((await fetchAll(store, cleo)).items).toEqual([]);

        const paid = await add(ben, { welcomes: [{ mailboxId: ben, tokenHash, envelope }] });
        expect(paid).toMatchObject({ ok: true, value: { sequence: 1 } });
        const { items } = await fetchAll(store, ben);
        expect(items).toMatchObject([{ sequence: 1, envelope, row: { signature: { length: 96 } } }]);

        const other = await addGroup(store, [ada]);
        const again = await store.acceptCommit(
          commitTo(other, ada, { recipients: [ada, ben], welcomes: [{ mailboxId: ben, tokenHash, envelope }] }),
        );
        expect(again).toMatchObject({ error: { tag: 'forbidden' } });
      });

      it('takes commits of recipients only', async () => {
        const groupId = await addGroup(store, [ada]);
        const stranger = await store.acceptCommit(commitTo(groupId, ben));
        expect(stranger).toMatchObject({ error: { tag: 'forbidden' } });
        expect(await store.rows(groupId, ben, 0, 64)).toMatchObject({ ok: false });
        expect(await store.rows(groupId, ada, 0, 64)).toMatchObject({ ok: true, value: [] });
      });

      it('takes no more than 30 an hour of one mailbox', async () => {
        const groupId = await addGroup(store, [ada]);
        const commit = (index: number, nowMs: number) =>
          store.acceptCommit(commitTo(groupId, ada, { base: index, head: index, nowMs }));
        for (let index = 0; index < 30; index += 1) {
          expect(await commit(index, NOW_MS + index)).toMatchObject({ ok: true });
        }
        expect(await commit(30, NOW_MS + 30)).toEqual({
          ok: false,
          error: { tag: 'too-many', retryAfterMs: 3_600_000 - 30 },
        });
        expect(await commit(30, NOW_MS + 3_600_000)).toMatchObject({ ok: true });
      });

      it('keeps a handshake that nobody but its author has seen, and others for 90 days', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        await store.acceptCommit(commitTo(groupId, ada, { base: 1, head: 1, recipients: [ada, ben] }));
        await acknowledgeAll(store, ada);
        const afterMs = NOW_MS + 91 * DAY_MS;
        await store.expire(afterMs);
        expect((await fetchAll(store, ben, afterMs)).items).toHaveLength(1);

        const seen = await addGroup(store, [ada, ben]);
        const cleo = await addMailbox(store);
        const welcomes = [{ mailboxId: cleo, tokenHash: await payFor(store, cleo), envelope: randomBytes(9) }];
        await store.acceptCommit(commitTo(seen, ada, { base: 1, head: 1, recipients: [ada, ben, cleo], welcomes }));
        await store.acceptCommit(commitTo(seen, ada, { base: 2, head: 2, recipients: [ada, ben, cleo] }));
        await acknowledgeAll(store, ben);
        expect((await fetchAll(store, cleo, afterMs - 2 * DAY_MS)).items).toHaveLength(2);
        expect((await fetchAll(store, cleo, afterMs)).items).toEqual([]);
      });

      it('gives nothing more to a mailbox that left', async () => {
        const groupId = await addGroup(store, [ada, ben]);
        await store.deposit(depositInto(groupId, toBoth));
        await store.leaveGroup(groupId, ben);
        await store.deposit(depositInto(groupId, toBoth));
        expect((await fetchAll(store, ben)).items).toEqual([]);
        expect((await fetchAll(store, ada)).items).toHaveLength(2);
        const commit = commitTo(groupId, ben, { base: 1, head: 1, recipients: [ada, ben] });
        expect(await store.acceptCommit(commit)).toMatchObject({ error: { tag: 'forbidden' } });
      });

      it('makes a group once', async () => {
        const groupId = newGroupId();
        const request = { groupId, capabilityHash: hashOf('a'), nowMs: NOW_MS, sign: signNothing };
        const first = await store.createGroup({ ...request, creator: ada });
        expect(await store.createGroup({ ...request, creator: ada })).toEqual(first);
        expect(await store.createGroup({ ...request, creator: ben })).toMatchObject({ error: { tag: 'conflict' } });
      });
    });

    describe('key packages', () => {
      const claim = (accountId: Parameters<RelayStore['claimKeyPackages']>[0]['accountId'], devices = 1) =>
        store.claimKeyPackages({
          accountId,
          tokenHashes: Array.from({ length: devices }, () => randomBytes(32)),
          tokensExpireAtMs: NOW_MS + DAY_MS,
          allowLastResort: true,
          nowMs: NOW_MS,
        });

      it('gives each to one of many that race, then the last resort to all', async () => {
        const { accountId, devices } = await addAccount(store);
        const { mailboxId } = devices[0]!;
        const packages = Array.from({ length: 20 }, () => randomBytes(64));
        const lastResort = randomBytes(64);
        const publish = { mailboxId, keep: 20, nowMs: NOW_MS };
        expect(await store.publishKeyPackages({ ...publish, packages, lastResort })).toBe(20);
        const claimed = (await Promise.all(Array.from({ length: 30 }, () => claim(accountId)))).flat();
        const regular = claimed.filter((item) => !item.lastResort);
        expect(new Set(regular.map(({ keyPackage }) => Buffer.from(keyPackage).toString('hex'))).size).toBe(20);
        expect(claimed.filter((item) => item.lastResort)).toHaveLength(10);

        // A publication whose answer was lost is sent again: nothing that was given comes back.
        expect(await store.publishKeyPackages({ ...publish, packages })).toBe(0);
      });

      it('gives one of each device, and keeps the newest', async () => {
        const { accountId, devices } = await addAccount(store, 3);
        const [first, second] = devices;
        const old = randomBytes(64);
        const fresh = [randomBytes(64), randomBytes(64)];
        const publish = { mailboxId: first!.mailboxId, keep: 2, nowMs: NOW_MS };
        await store.publishKeyPackages({ ...publish, packages: [old] });
        expect(await store.publishKeyPackages({ ...publish, packages: fresh })).toBe(2);
        await store.publishKeyPackages({ ...publish, mailboxId: second!.mailboxId, packages: [old] });
        expect(await claim(accountId, 3)).toEqual([
          { mailboxId: first!.mailboxId, keyPackage: fresh[0], lastResort: false },
          { mailboxId: second!.mailboxId, keyPackage: old, lastResort: false },
        ]);
      });
    });

    describe('accounts', () => {
      it('appends to the head that was seen, once', async () => {
        const { accountId, head, devices } = await addAccount(store);
        const append = (hash: Uint8Array<ArrayBuffer>) =>
          store.appendEntry({ accountId, expectedHead: head, hash, sequence: 1, entry: randomBytes(99), devices });
        const answers = await Promise.all(Array.from({ length: 10 }, () => append(randomBytes(32))));
        expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
        const account = await store.account(accountId);
        expect(account!.entries).toHaveLength(2);
        expect(await append(account!.head)).toMatchObject({ ok: true });
      });

      it('voids what a recovery entry does not follow, and ends devices that go', async () => {
        const { accountId, head, devices } = await addAccount(store);
        const second = createDevice(accountId, 1);
        const later = randomBytes(32);
        const entry = { accountId, sequence: 1 };
        await store.appendEntry({
          ...entry,
          expectedHead: head,
          hash: later,
          entry: randomBytes(10),
          devices: [...devices, second],
        });
        await store.openSession({
          tokenHash: hashOf('token'),
          mailboxId: second.mailboxId,
          purpose: 'session',
          expiresAtMs: NOW_MS + 1,
        });
        expect(await store.session(hashOf('token'), NOW_MS)).toMatchObject({ mailboxId: second.mailboxId });
        expect(await store.session(hashOf('token'), NOW_MS + 1)).toBeUndefined();

        const recovery = randomBytes(11);
        await store.appendEntry({ ...entry, expectedHead: later, hash: randomBytes(32), entry: recovery, devices });
        expect((await store.account(accountId))!.entries.at(-1)).toEqual(recovery);
        expect((await store.account(accountId))!.entries).toHaveLength(2);
        expect(await store.deviceByMailbox(second.mailboxId)).toBeUndefined();
        expect(await store.session(hashOf('token'), NOW_MS)).toBeUndefined();
      });

      it('refuses a mailbox key of somebody else', async () => {
        const { devices } = await addAccount(store);
        const { accountId, head } = await addAccount(store);
        const stolen = { ...devices[0]!, accountId };
        const taken = await store.appendEntry({
          accountId,
          expectedHead: head,
          hash: randomBytes(32),
          sequence: 1,
          entry: randomBytes(9),
          devices: [stolen],
        });
        expect(taken).toMatchObject({ error: { tag: 'mailbox-taken' } });
      });

      it('gives a handle to one, and a released one to nobody for 90 days', async () => {
        const one = await addAccount(store);
        const other = await addAccount(store);
        const claim = (account: typeof one, handle: string, counter: number, nowMs = NOW_MS) =>
          store.claimHandle({
            accountId: account.accountId,
            handle,
            expectedHead: account.head,
            counter,
            claim: randomBytes(50),
            nowMs,
            releasedForMs: 90 * DAY_MS,
          });
        const racing = await Promise.all([claim(one, 'lucia', 0), claim(other, 'lucia', 0)]);
        expect(racing.map(({ ok }) => ok)).toEqual([true, false]);
        expect((await store.accountByHandle('lucia'))!.accountId).toBe(one.accountId);
        expect(await claim(one, 'lucia_p', 0)).toMatchObject({ error: { tag: 'conflict' } });
        expect(await claim(one, 'lucia_p', 1)).toMatchObject({ ok: true });
        expect(await store.accountByHandle('lucia')).toBeUndefined();
        expect(await claim(other, 'lucia', 0)).toMatchObject({ error: { tag: 'handle-taken' } });
        expect(await claim(other, 'lucia', 0, NOW_MS + 90 * DAY_MS)).toMatchObject({ ok: true });
      });
    });
  });
};
