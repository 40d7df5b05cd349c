/** Everything that is signed or sealed, fed into every place that takes something else, all under one set of keys. */
import type { DepositId, RelayId } from '../../domain/ids.ts';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import { sign, signBytes, verify, verifyBytes, type SigningKey } from '../../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../../crypto/labels.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { extendChain, verifyChain } from '../../account/chain.ts';
import { createDeviceEntry, createRecoveryEntry } from '../../account/create-entries.ts';
import { verifyDeviceStatement } from '../../account/entry-signatures.ts';
import { createHandleClaim, verifyHandleClaim } from '../../account/handle-claim.ts';
import { toMailboxId } from '../../account/ids.ts';
import { signKeyPackageList, signLogin, verifyKeyPackageList, verifyLogin } from '../../account/relay-statements.ts';
import { createTestDevice, TEST_TIME_MS, toAddedDevice } from '../../account/testing/test-account.ts';
import { decodePayload, encodePayload } from '../../wire/payload.ts';
import type { GroupState } from '../engine.ts';
import { judgeHandshake, openMessage, openWelcome } from '../open-envelope.ts';
import { sealCommit, sealMessage } from '../seal-envelope.ts';
import { createTally, type SweepResult } from './sweep-result.ts';
import { chainsOf, createTestGroup, createTestMembers, evidenceOf, must, type TestMember } from './test-group.ts';

type Signed = { readonly kind: string; readonly content: Bytes; readonly signature: Bytes };

/** @param verifies lets a control put a verifier without labels in place of ours */
export const sweepConfusedTypes = async (verifies: typeof verify = verify): Promise<SweepResult> => {
  const tally = createTally();
  const members = (await createTestMembers('anna', 'bert')) as [TestMember, TestMember];
  await confuseLabels(tally, members[0], verifies);
  await confuseBytes(tally, members);
  return tally.result();
};

/** Each label's signature against each other label, and against the labels of MLS. */
const confuseLabels = async (
  tally: ReturnType<typeof createTally>,
  { account }: TestMember,
  verifies: typeof verify,
): Promise<void> => {
  const { signingKey, keys } = account.device;
  const contents = [utf8('one content for all'), account.chain.entries[0] ?? new Uint8Array(1), new Uint8Array(0)];
  const labels = Object.values(SIGNATURE_LABELS);
  for (const content of contents) {
    for (const made of labels) {
      const signature = await sign(signingKey, made, content);
      for (const expected of labels) {
        const isRight = made === expected;
        await tally.expect(
          `${made} as ${expected}`,
          async () => (await verifies(keys.signatureKey, expected, content, signature)) === isRight,
        );
      }
      await tally.expect(
        `${made} as bare bytes`,
        async () => !(await verifyBytes(keys.signatureKey, content, signature)),
      );
    }
    const forMls = await signBytes(signingKey, mlsContent('LeafNodeTBS', content));
    for (const expected of labels) {
      await tally.expect(
        `MLS as ${expected}`,
        async () => !(await verifies(keys.signatureKey, expected, content, forMls)),
      );
    }
  }
};

/** What RFC 9420 §5.1.2 signs, for short contents. */
const mlsContent = (label: string, content: Bytes): Bytes => {
  const name = utf8(`MLS 1.0 ${label}`);
  const length = content.length < 64 ? [content.length] : [0x40 | (content.length >> 8), content.length & 0xff];
  return Uint8Array.of(name.length, ...name, ...length, ...content);
};

const confuseBytes = async (
  tally: ReturnType<typeof createTally>,
  members: readonly [TestMember, TestMember],
): Promise<void> => {
  const [anna, bert] = members;
  const { chain, device, recoveryKey } = anna.account;
  const phone = await createTestDevice('anna', 1);
  const added = await toAddedDevice(chain.state, phone);
  const signer = { deviceIndex: 0, signingKey: device.signingKey };
  const timeMs = TEST_TIME_MS;
  const [annas, berts] = (await createTestGroup(members)) as [GroupState, GroupState];
  const deps = { engine: anna.engine, random: createSeededRandom('confused') };
  const place = { base: 0, head: 0, depositId: '00'.repeat(16) as DepositId };
  const [cleo] = (await createTestMembers('cleo')) as [TestMember];
  const cleos = await cleo.engine.createKeyPackage();
  const payload = encodePayload({
    format: 1,
    kind: 0,
    messageId: '11'.repeat(16) as never,
    counter: 0,
    time: { wallMs: timeMs, counter: 0 },
    body: utf8('x'),
  });
  const message = await sealMessage(deps, annas, { class: 'message', place, payload });
  const commit = must(
    await sealCommit(deps, message.nextState, {
      change: { add: [cleos.keyPackage], remove: [] },
      place,
      welcomeDepositId: place.depositId,
      chains: chainsOf(members),
      evidence: evidenceOf([cleo]),
    }),
  );
  const { relayId, accountId, head } = chain.state;
  const claim = await createHandleClaim({ relayId, accountId, head, handle: 'anna', counter: 1 }, signer);
  const statements = await makeStatements(device.mailboxKey, device.keys.mailboxKey, relayId);
  const bytesByKind: Readonly<Record<string, Bytes>> = {
    'entry 0': chain.entries[0] ?? new Uint8Array(1),
    'device entry': await createDeviceEntry(chain.state, { added: [added], timeMs }, signer),
    'recovery entry': await createRecoveryEntry(chain.state, { devices: [added], timeMs }, recoveryKey),
    'claim body': claim.body,
    message: message.envelope,
    handshake: commit.envelope,
    welcome: commit.welcomeEnvelope ?? new Uint8Array(1),
    'key package': cleos.keyPackage,
    payload,
    ...Object.fromEntries(statements.map(({ kind, content }) => [kind, content])),
  };
  const stored = bert.engine.store(berts);
  const freshState = (): GroupState => must(bert.engine.load(stored));
  const known = { base: 0, chains: chainsOf(members) };
  const takers: Readonly<Record<string, (bytes: Bytes) => Promise<boolean>>> = {
    'entry 0': async (bytes) => (await verifyChain([bytes])).ok,
    'device entry': async (bytes) => {
      const extended = await extendChain(chain, [bytes]);
      return extended.ok && extended.value.change === 'extension';
    },
    'recovery entry': async (bytes) => {
      const extended = await extendChain(chain, [bytes]);
      return extended.ok && extended.value.change === 'recovery';
    },
    'claim body': async (body) => (await verifyHandleClaim({ ...claim, body }, chain)).ok,
    message: async (bytes) => (await openMessage(bert.engine, freshState(), bytes, 0)).ok,
    handshake: async (bytes) => (await judgeHandshake(bert.engine, freshState(), bytes, known)).standing === 'applied',
    welcome: async (bytes) => (await openWelcome(cleo.engine, bytes, cleos.privatePart)).ok,
    'key package': async (bytes) => (await anna.engine.inspectKeyPackage(bytes)).ok,
    payload: async (bytes) => decodePayload(bytes).ok,
    login: async (bytes) => (await verifyLogin(device.keys.mailboxKey, bytes, signatureOf(statements, 'login'))).ok,
    'key package list': async (bytes) =>
      (await verifyKeyPackageList(device.keys.mailboxKey, bytes, signatureOf(statements, 'key package list'))).ok,
  };
  for (const [expected, take] of Object.entries(takers)) {
    for (const [kind, bytes] of Object.entries(bytesByKind)) {
      await tally.expect(`${kind} as ${expected}`, async () => (await take(bytes)) === (kind === expected));
    }
  }
  // Right content, signature of another kind.
  for (const { kind, signature } of statements) {
    const login = bytesByKind.login ?? new Uint8Array(1);
    const list = bytesByKind['key package list'] ?? new Uint8Array(1);
    const { mailboxKey } = device.keys;
    await tally.expect(
      `signature of ${kind} on a login`,
      async () => (await verifyLogin(mailboxKey, login, signature)).ok === (kind === 'login'),
    );
    await tally.expect(
      `signature of ${kind} on a list`,
      async () => (await verifyKeyPackageList(mailboxKey, list, signature)).ok === (kind === 'key package list'),
    );
    await tally.expect(`signature of ${kind} as a statement`, async () => {
      const statement = { accountId, previous: head, keys: phone.keys };
      return !(await verifyDeviceStatement(statement, signature));
    });
  }
};

const signatureOf = (statements: readonly Signed[], kind: string): Bytes =>
  statements.find((statement) => statement.kind === kind)?.signature ?? new Uint8Array(96);

const makeStatements = async (key: SigningKey, publicKey: Uint8Array, relayId: RelayId): Promise<readonly Signed[]> => {
  const mailboxId = toMailboxId(publicKey);
  const login = await signLogin(key, {
    relayId,
    relayNonce: new Uint8Array(32),
    clientNonce: new Uint8Array(32),
    mailboxId,
    purpose: 'session',
    timeMs: TEST_TIME_MS,
  });
  const list = await signKeyPackageList(key, { relayId, mailboxId, packages: [], timeMs: TEST_TIME_MS });
  return [
    { kind: 'login', ...login },
    { kind: 'key package list', ...list },
  ];
};

/** For the control: a verifier that does not look at labels. */
export const verifyAnyLabel: typeof verify = async (publicKey, _label, content, signature) => {
  for (const label of Object.values(SIGNATURE_LABELS)) {
    if (await verify(publicKey, label, content, signature)) return true;
  }
  return false;
};
