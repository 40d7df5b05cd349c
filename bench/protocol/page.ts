/**
 * Runs in the browser: two people in a group of our engine, two in a group of the library's own client over the same
 * provider, taking turns within one run, so that whatever slows the machine slows both.
 */
import {
  createApplicationMessage,
  createCommit,
  createGroup,
  decodeMlsMessage,
  emptyPskIndex,
  encodeMlsMessage,
  joinGroup,
  processPrivateMessage,
  type ClientState,
} from 'ts-mls';
import type { CiphersuiteImpl } from 'ts-mls/crypto/ciphersuite.js';
import type { GroupState } from '../../src/mls/engine.ts';
import { bareKeyPackage } from '../../src/mls/testing/controls.ts';
import { suiteOf } from '../../src/mls/testing/hostile-member.ts';
import { createTestGroup, createTestMembers, must, type TestMember } from '../../src/mls/testing/test-group.ts';

/** The smallest padded payload, and a header of the usual size. */
const payload = new Uint8Array(256).fill(7);
const header = new Uint8Array(140).fill(9);

const WARM_UP = 2;

interface Pair {
  /** Seals the next message; answers the bytes that would be sent. */
  seal(): Promise<Uint8Array>;
  open(message: Uint8Array): Promise<void>;
}

export interface Times {
  readonly sealMs: readonly number[];
  readonly openMs: readonly number[];
}
export interface Measured {
  readonly ours: Times;
  readonly bare: Times;
}

/** @param rounds short ones of `messages` each, so that both take the same share of what the machine does besides */
export const measure = async (rounds: number, messages: number): Promise<Measured> => {
  const members = (await createTestMembers('anna', 'bert')) as [TestMember, TestMember];
  const pairs = { ours: await createOurPair(members), bare: await createBarePair(members) };
  const times = {
    ours: { sealMs: [] as number[], openMs: [] as number[] },
    bare: { sealMs: [] as number[], openMs: [] as number[] },
  };
  await checkSameSize(pairs.ours, pairs.bare);
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const name of order) {
      const taken = await runRound(pairs[name], messages);
      if (round < 0) continue;
      times[name].sealMs.push(taken.sealMs);
      times[name].openMs.push(taken.openMs);
    }
  }
  return times;
};

/** ECDSA signatures in DER differ by a few bytes from one message to the next. */
const SIGNATURE_SLACK = 8;

/** Whoever sent less than the other would win by doing less. */
const checkSameSize = async (ours: Pair, bare: Pair): Promise<void> => {
  const [left, right] = [await ours.seal(), await bare.seal()];
  await Promise.all([ours.open(left), bare.open(right)]);
  if (Math.abs(left.length - right.length) > SIGNATURE_SLACK) {
    throw new Error(`messages of ${left.length} and ${right.length} bytes are not the same work`);
  }
};

const runRound = async (
  pair: Pair,
  messages: number,
): Promise<{ readonly sealMs: number; readonly openMs: number }> => {
  const sent: Uint8Array[] = [];
  const start = performance.now();
  for (let index = 0; index < messages; index += 1) sent.push(await pair.seal());
  const middle = performance.now();
  for (const message of sent) await pair.open(message);
  return { sealMs: middle - start, openMs: performance.now() - middle };
};

const createOurPair = async (members: readonly [TestMember, TestMember]): Promise<Pair> => {
  const [anna, bert] = members;
  let [annas, berts] = (await createTestGroup(members)) as [GroupState, GroupState];
  return {
    async seal() {
      const sealed = await anna.engine.protect(annas, payload, header);
      annas = sealed.nextState;
      return sealed.message;
    },
    async open(message) {
      berts = must(await bert.engine.unprotect(berts, message, header)).nextState;
    },
  };
};

const createBarePair = async (members: readonly [TestMember, TestMember]): Promise<Pair> => {
  const suites = members.map(suiteOf) as [CiphersuiteImpl, CiphersuiteImpl];
  const [annas, berts] = await Promise.all([bareKeyPackage(members[0]), bareKeyPackage(members[1])]);
  const alone = await createGroup(new Uint8Array(16), annas.publicPackage, annas.privatePackage, [], suites[0]);
  const added = await createCommit(
    { state: alone, cipherSuite: suites[0] },
    { ratchetTreeExtension: true, extraProposals: [{ proposalType: 'add', add: { keyPackage: berts.publicPackage } }] },
  );
  if (added.welcome === undefined) throw new Error('nobody was added');
  let anna: ClientState = added.newState;
  let bert = await joinGroup(added.welcome, berts.publicPackage, berts.privatePackage, emptyPskIndex, suites[1]);
  return {
    async seal() {
      const sealed = await createApplicationMessage(anna, payload, suites[0], header);
      anna = sealed.newState;
      return encodeMlsMessage({
        version: 'mls10',
        wireformat: 'mls_private_message',
        privateMessage: sealed.privateMessage,
      });
    },
    async open(bytes) {
      const message = decodeMlsMessage(bytes, 0)?.[0];
      if (message?.wireformat !== 'mls_private_message') throw new Error('not a PrivateMessage');
      bert = (await processPrivateMessage(bert, message.privateMessage, emptyPskIndex, suites[1])).newState;
    },
  };
};

Object.assign(globalThis, { measure });
