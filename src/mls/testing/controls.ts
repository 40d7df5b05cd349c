/** Faults planted where our promises stand: a check that does not see them checks nothing. */
import { createApplicationMessage, createCommit, createGroup, joinGroup, processPrivateMessage } from 'ts-mls';
import { defaultClientConfig } from 'ts-mls/clientConfig.js';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import { generateKeyPackageWithKey } from 'ts-mls/keyPackage.js';
import { removeLeafNode } from 'ts-mls/ratchetTree.js';
import { emptyPskIndex } from 'ts-mls/pskIndex.js';
import { toLeafIndex } from 'ts-mls/treemath.js';
import { leafIdentity } from '../../wire/account-entry.ts';
import { encodeWith } from '../../wire/schema.ts';
import { utf8 } from '../../crypto/bytes.ts';
import type { GroupState, MlsEngine } from '../engine.ts';
import { decodePrivate, openPrivate } from '../ts-mls/private-message.ts';
import { OUR_CAPABILITIES, OUR_LIFETIME } from '../ts-mls/profile.ts';
import { loadState } from '../ts-mls/stored-state.ts';
import { SIGNING_KEY_HANDLE } from '../ts-mls/suite.ts';
import { byValue, craftCommit, suiteOf } from './hostile-member.ts';
import { withoutPath } from './removed-attack.ts';
import { createTestGroup, createTestMembers, directoryOf, must, type TestMember } from './test-group.ts';

/** Takes the message's own word for the header that it came with. */
export const createCarelessEngine = (engine: MlsEngine): MlsEngine => ({
  ...engine,
  unprotect: (state, message, authenticatedData) =>
    engine.unprotect(state, message, decodePrivate(message)?.authenticatedData ?? authenticatedData),
});

/** Whether a stranger is kept out. False with a directory that vouches for everybody. */
export const isStrangerKeptOut = async (vouchesForAll: boolean): Promise<boolean> => {
  const [anna, bert, stranger] = (await createTestMembers('anna', 'bert', 'stranger')) as [
    TestMember,
    TestMember,
    TestMember,
  ];
  const [annas, berts] = (await createTestGroup([anna, bert])) as [GroupState, GroupState];
  const { keyPackage } = await stranger.engine.createKeyPackage();
  const authenticatedData = utf8('control');
  const everybody = directoryOf([anna, bert, stranger]);
  const change = { add: [keyPackage], remove: [] };
  const pending = must(await anna.engine.commit(annas, change, { authenticatedData, directory: everybody }));
  const directory = vouchesForAll ? everybody : directoryOf([anna, bert]);
  const judged = await bert.engine.judge(berts, pending.commit, { authenticatedData, directory });
  return judged.standing === 'skipped';
};

/**
 * Whether a removal without a path would lock the removed device out. It does not, which is why such a commit is skipped:
 * the removed device derives the very epoch that the committer derives.
 */
export const doesPathlessRemovalLockOut = async (): Promise<boolean> => {
  const members = (await createTestMembers('anna', 'bert', 'cleo')) as [TestMember, TestMember, TestMember];
  const [annas, , cleos] = (await createTestGroup(members)) as [GroupState, GroupState, GroupState];
  const [anna, , cleo] = members;
  const atAnna = must(loadState(anna.engine.store(annas)));
  const commit = await craftCommit(anna, annas, {
    authenticatedData: utf8('control'),
    proposals: byValue({ proposalType: 'remove', remove: { removed: 2 } }),
    path: async () => undefined,
  });
  const atCleo = must(loadState(cleo.engine.store(cleos)));
  const opened = await openPrivate(suiteOf(cleo), atCleo, decodePrivate(commit)!);
  if (typeof opened === 'string' || opened.content.contentType !== 'commit')
    throw new Error('the control does not open');
  const tree = removeLeafNode(atAnna.ratchetTree, toLeafIndex(2));
  const { content, auth } = opened;
  const byRemoved = await withoutPath(suiteOf(cleo), atCleo, tree, content, auth.signature);
  return byRemoved !== (await withoutPath(suiteOf(anna), atAnna, tree, content, auth.signature));
};

/** Whether the library's own client, told to keep no past epoch, refuses a message that comes after its author's removal. */
export const doesLibraryForgetEpochs = async (): Promise<boolean> => {
  const members = (await createTestMembers('anna', 'bert', 'cleo')) as [TestMember, TestMember, TestMember];
  const suites = members.map(suiteOf) as [CiphersuiteImpl, CiphersuiteImpl, CiphersuiteImpl];
  const config = {
    ...defaultClientConfig,
    keyRetentionConfig: { ...defaultClientConfig.keyRetentionConfig, retainKeysForEpochs: 0 },
  };
  const packages = await Promise.all(members.map(bareKeyPackage));
  const [annas, berts, cleos] = packages as [BareKeyPackage, BareKeyPackage, BareKeyPackage];
  let anna = await createGroup(new Uint8Array(16), annas.publicPackage, annas.privatePackage, [], suites[0], config);
  const added = await createCommit(
    { state: anna, cipherSuite: suites[0] },
    {
      ratchetTreeExtension: true,
      extraProposals: [berts, cleos].map(({ publicPackage }) => ({
        proposalType: 'add',
        add: { keyPackage: publicPackage },
      })),
    },
  );
  anna = added.newState;
  const join = (own: BareKeyPackage, suite: CiphersuiteImpl) =>
    joinGroup(
      added.welcome!,
      own.publicPackage,
      own.privatePackage,
      emptyPskIndex,
      suite,
      undefined,
      undefined,
      config,
    );
  const [bert, cleo] = [await join(berts, suites[1]), await join(cleos, suites[2])];
  const late = await createApplicationMessage(cleo, utf8('late'), suites[2]);
  const removal = await createCommit(
    { state: anna, cipherSuite: suites[0] },
    { extraProposals: [{ proposalType: 'remove', remove: { removed: 2 } }] },
  );
  if (removal.commit.wireformat !== 'mls_private_message') throw new Error('not a PrivateMessage');
  const after = await processPrivateMessage(bert, removal.commit.privateMessage, emptyPskIndex, suites[1]);
  try {
    const read = await processPrivateMessage(after.newState, late.privateMessage, emptyPskIndex, suites[1]);
    return read.kind !== 'applicationMessage';
  } catch {
    return true;
  }
};

type BareKeyPackage = Awaited<ReturnType<typeof bareKeyPackage>>;

/** For the library's own client, with our provider. */
export const bareKeyPackage = (member: TestMember) =>
  generateKeyPackageWithKey(
    { credentialType: 'basic', identity: encodeWith(leafIdentity, member.signer.identity) },
    OUR_CAPABILITIES,
    OUR_LIFETIME,
    [],
    { publicKey: member.signer.publicKey, signKey: SIGNING_KEY_HANDLE },
    suiteOf(member),
  );
