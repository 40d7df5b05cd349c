/** Devices of test accounts with engines of their own, and the relay's part of a group: one order for all. */
import type { ConversationId, GroupId } from '../../domain/ids.ts';
import { signBytes } from '../../crypto/ecdsa-p384.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import type { AccountChains } from '../../account/evidence.ts';
import { createTestAccount, type TestAccount } from '../../account/testing/test-account.ts';
import type { ConversationExtension } from '../../wire/group-extensions.ts';
import { createChainDirectory, type Directory } from '../directory.ts';
import type { DeviceSigner, GroupState, Joined, MlsEngine } from '../engine.ts';
import { createTsMlsEngine } from '../ts-mls/ts-mls-engine.ts';

export const TEST_GROUP = '0123456789abcdef0123456789abcdef' as GroupId;
export const TEST_CONVERSATION: ConversationExtension = {
  version: 1,
  conversationId: 'cc'.repeat(16) as ConversationId,
  kind: 'group',
  generation: 0,
};

export interface TestMember {
  readonly name: string;
  readonly account: TestAccount;
  readonly signer: DeviceSigner;
  readonly engine: MlsEngine;
}

export const createTestMember = async (name: string): Promise<TestMember> => {
  const account = await createTestAccount(name);
  const signer: DeviceSigner = {
    identity: { accountId: account.chain.state.accountId, deviceIndex: 0 },
    publicKey: account.device.keys.signatureKey,
    sign: (message) => signBytes(account.device.signingKey, message),
  };
  const engine = createTsMlsEngine({ random: createSeededRandom(`${name} engine`), signer });
  return { name, account, signer, engine };
};

export const createTestMembers = (...names: readonly string[]): Promise<TestMember[]> =>
  Promise.all(names.map(createTestMember));

export const directoryOf = (members: readonly TestMember[]): Directory => createChainDirectory(chainsOf(members));

export const chainsOf = (members: readonly TestMember[]): AccountChains =>
  new Map(members.map(({ account }) => [account.chain.state.accountId, account.chain]));

export const evidenceOf = (members: readonly TestMember[]): readonly Uint8Array<ArrayBuffer>[] =>
  members.flatMap(({ account }) => account.chain.entries);

/** The first commits and adds everybody else; all end in the same epoch. */
export const createTestGroup = async (
  members: readonly TestMember[],
  conversation: ConversationExtension = TEST_CONVERSATION,
  groupId: GroupId = TEST_GROUP,
): Promise<GroupState[]> => {
  const [creator, ...others] = members;
  if (creator === undefined) throw new Error('a group needs a member');
  const directory = directoryOf(members);
  const alone = await creator.engine.createGroup(groupId, conversation);
  if (others.length === 0) return [alone];
  const packages = await Promise.all(others.map(({ engine }) => engine.createKeyPackage()));
  const pending = await creator.engine.commit(
    alone,
    { add: packages.map(({ keyPackage }) => keyPackage), remove: [] },
    { authenticatedData: new Uint8Array(8), directory },
  );
  if (!pending.ok) throw new Error(pending.error.tag);
  const { welcome } = pending.value;
  if (welcome === undefined) throw new Error('nobody was added');
  const joined = await Promise.all(
    others.map(async ({ engine }, position) =>
      mustJoin(await engine.join(welcome, packages[position]!.privatePart, directory)),
    ),
  );
  return [creator.engine.adopt(pending.value), ...joined.map(({ state }) => state)];
};

export const mustJoin = (result: Awaited<ReturnType<MlsEngine['join']>>): Joined => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

export const must = <T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly tag: string } },
): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};
