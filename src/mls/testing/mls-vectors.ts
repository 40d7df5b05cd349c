/**
 * The official vectors of RFC 9420 (mlswg/mls-implementations), suite 7, through our provider, and through our own code
 * wherever that replaces the library's: secret tree, message protection, path secrets, tree checks.
 */
import { joinGroup, makePskIndex, processMessage } from 'ts-mls';
import { decodeAuthenticatedContent } from 'ts-mls/authenticatedContent.js';
import type { Decoder } from 'ts-mls/codec/tlsDecoder.js';
import { encodeCommit } from 'ts-mls/commit.js';
import { applyUpdatePathSecret } from 'ts-mls/createCommit.js';
import { refhash } from 'ts-mls/crypto/hash.js';
import { decryptWithLabel, encryptWithLabel } from 'ts-mls/crypto/hpke.js';
import { deriveSecret, deriveTreeSecret, expandWithLabel } from 'ts-mls/crypto/kdf.js';
import { signWithLabel, verifyWithLabel } from 'ts-mls/crypto/signature.js';
import { decodeGroupContext } from 'ts-mls/groupContext.js';
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from 'ts-mls/groupInfo.js';
import { makeKeyPackageRef, type KeyPackage } from 'ts-mls/keyPackage.js';
import { initializeEpoch, mlsExporter } from 'ts-mls/keySchedule.js';
import { decodeMlsMessage } from 'ts-mls/message.js';
import { verifyParentHashes } from 'ts-mls/parentHash.js';
import { computePskSecret, type PreSharedKeyID } from 'ts-mls/presharedkey.js';
import { encodeProposal } from 'ts-mls/proposal.js';
import { decodeRatchetTree, resolution } from 'ts-mls/ratchetTree.js';
import { expandSenderDataKey, expandSenderDataNonce } from 'ts-mls/sender.js';
import { createConfirmedHash, createInterimHash } from 'ts-mls/transcriptHash.js';
import { treeHash } from 'ts-mls/treeHash.js';
import { toLeafIndex, toNodeIndex } from 'ts-mls/treemath.js';
import { applyUpdatePath, decodeUpdatePath } from 'ts-mls/updatePath.js';
import { bytesToBase64 } from 'ts-mls/util/byteArray.js';
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from 'ts-mls/welcome.js';
import { bytesToHex, hexToBytes } from '../../domain/ids.ts';
import { importSigningKey, signBytes, type SignatureSecretKey } from '../../crypto/ecdsa-p384.ts';
import { scalarToPoint } from '../../crypto/p384.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import type { EpochState } from '../ts-mls/epoch-state.ts';
import { derivePathKeys, sharedPath } from '../ts-mls/path-secrets.ts';
import { openPrivate } from '../ts-mls/private-message.ts';
import { createSecretTree, takeKey } from '../ts-mls/secret-tree.ts';
import { createSuite } from '../ts-mls/suite.ts';
import { areUnmergedLeavesSound } from '../ts-mls/tree-checks.ts';

/** Compares one derived value with the vector's; a difference is remembered under `name`. */
type Check = (name: string, actual: Uint8Array | string | boolean, expected: string | boolean) => void;
type Hex = string;
interface VectorSet<Vector> {
  readonly file: string;
  /** How many of suite 7 there are: fewer run is a failure. */
  readonly cases: number;
  readonly run: (vector: Vector, check: Check) => Promise<void>;
}

const bytes = (hex: Hex): Uint8Array<ArrayBuffer> => hexToBytes(hex);
const whole = <T>(decoder: Decoder<T>, hex: Hex): T => {
  const decoded = decoder(bytes(hex), 0);
  if (decoded === undefined) throw new Error('the vector cannot be read');
  return decoded[0];
};

/** Signs with the vector's key where it gives one. */
const suiteWith = async (signaturePrivate: Hex = '01'.padStart(96, '0')) => {
  const secretKey = bytes(signaturePrivate) as unknown as SignatureSecretKey;
  const pair = { secretKey, publicKey: scalarToPoint(secretKey) };
  const key = await importSigningKey(pair);
  const signer = { publicKey: pair.publicKey, sign: (message: Uint8Array) => signBytes(key, message) };
  return createSuite({ random: createSeededRandom('vectors'), signer });
};

interface CryptoBasics {
  readonly derive_secret: { label: string; out: Hex; secret: Hex };
  readonly derive_tree_secret: { generation: number; label: string; length: number; out: Hex; secret: Hex };
  readonly encrypt_with_label: {
    ciphertext: Hex;
    context: Hex;
    kem_output: Hex;
    label: string;
    plaintext: Hex;
    priv: Hex;
    pub: Hex;
  };
  readonly expand_with_label: { context: Hex; label: string; length: number; out: Hex; secret: Hex };
  readonly ref_hash: { label: string; out: Hex; value: Hex };
  readonly sign_with_label: { content: Hex; label: string; priv: Hex; pub: Hex; signature: Hex };
}
const cryptoBasics: VectorSet<CryptoBasics> = {
  file: 'crypto-basics.json',
  cases: 1,
  async run(v, check) {
    const suite = await suiteWith(v.sign_with_label.priv);
    const { derive_secret: ds, derive_tree_secret: dts, expand_with_label: ewl, ref_hash: rh } = v;
    check('ref_hash', await refhash(rh.label, bytes(rh.value), suite.hash), rh.out);
    const expanded = await expandWithLabel(bytes(ewl.secret), ewl.label, bytes(ewl.context), ewl.length, suite.kdf);
    check('expand_with_label', expanded, ewl.out);
    check('derive_secret', await deriveSecret(bytes(ds.secret), ds.label, suite.kdf), ds.out);
    const treeSecret = await deriveTreeSecret(bytes(dts.secret), dts.label, dts.generation, dts.length, suite.kdf);
    check('derive_tree_secret', treeSecret, dts.out);

    const { sign_with_label: sign } = v;
    const verifies = (signature: Uint8Array) =>
      verifyWithLabel(bytes(sign.pub), sign.label, bytes(sign.content), signature, suite.signature);
    check('verify', await verifies(bytes(sign.signature)), true);
    const ours = await signWithLabel(new Uint8Array(1), sign.label, bytes(sign.content), suite.signature);
    check('sign and verify', await verifies(ours), true);

    const { encrypt_with_label: seal } = v;
    const privateKey = await suite.hpke.importPrivateKey(bytes(seal.priv));
    const opens = (enc: Uint8Array, ciphertext: Uint8Array) =>
      decryptWithLabel(privateKey, seal.label, bytes(seal.context), enc, ciphertext, suite.hpke);
    check('decrypt_with_label', await opens(bytes(seal.kem_output), bytes(seal.ciphertext)), seal.plaintext);
    const publicKey = await suite.hpke.importPublicKey(bytes(seal.pub));
    const sealed = await encryptWithLabel(
      publicKey,
      seal.label,
      bytes(seal.context),
      bytes(seal.plaintext),
      suite.hpke,
    );
    check('encrypt_with_label', await opens(sealed.enc, sealed.ct), seal.plaintext);
  },
};

interface KeySchedule {
  readonly initial_init_secret: Hex;
  readonly epochs: readonly (Record<string, Hex> & {
    readonly exporter: { context: Hex; label: string; length: number; secret: Hex };
  })[];
}
const keySchedule: VectorSet<KeySchedule> = {
  file: 'key-schedule.json',
  cases: 1,
  async run(v, check) {
    const suite = await suiteWith();
    let initSecret = bytes(v.initial_init_secret) as Uint8Array;
    for (const epoch of v.epochs) {
      const context = whole(decodeGroupContext, epoch.group_context!);
      const commitSecret = bytes(epoch.commit_secret!);
      const made = await initializeEpoch(initSecret, commitSecret, context, bytes(epoch.psk_secret!), suite.kdf);
      const schedule = made.keySchedule;
      check('joiner_secret', made.joinerSecret, epoch.joiner_secret!);
      check('welcome_secret', made.welcomeSecret, epoch.welcome_secret!);
      check('encryption_secret', made.encryptionSecret, epoch.encryption_secret!);
      check('init_secret', schedule.initSecret, epoch.init_secret!);
      check('sender_data_secret', schedule.senderDataSecret, epoch.sender_data_secret!);
      check('exporter_secret', schedule.exporterSecret, epoch.exporter_secret!);
      check('confirmation_key', schedule.confirmationKey, epoch.confirmation_key!);
      check('membership_key', schedule.membershipKey, epoch.membership_key!);
      check('resumption_psk', schedule.resumptionPsk, epoch.resumption_psk!);
      check('epoch_authenticator', schedule.epochAuthenticator, epoch.epoch_authenticator!);
      const external = await suite.hpke.deriveKeyPair(schedule.externalSecret);
      check('external_pub', await suite.hpke.exportPublicKey(external.publicKey), epoch.external_pub!);
      const { label, context: exported, length, secret } = epoch.exporter;
      check('exporter', await mlsExporter(schedule.exporterSecret, label, bytes(exported), length, suite), secret);
      initSecret = schedule.initSecret;
    }
  },
};

interface SecretTreeVector {
  readonly encryption_secret: Hex;
  readonly sender_data: { sender_data_secret: Hex; ciphertext: Hex; key: Hex; nonce: Hex };
  readonly leaves: readonly (readonly (Record<string, Hex> & { readonly generation: number })[])[];
}
const secretTree: VectorSet<SecretTreeVector> = {
  file: 'secret-tree.json',
  cases: 3,
  async run(v, check) {
    const suite = await suiteWith();
    const { sender_data_secret: secret, ciphertext, key, nonce } = v.sender_data;
    check('sender data key', await expandSenderDataKey(suite, bytes(secret), bytes(ciphertext)), key);
    check('sender data nonce', await expandSenderDataNonce(suite, bytes(secret), bytes(ciphertext)), nonce);
    let tree = createSecretTree(v.leaves.length, bytes(v.encryption_secret));
    for (const [leaf, generations] of v.leaves.entries()) {
      for (const expected of generations) {
        for (const kind of ['application', 'handshake'] as const) {
          const taken = await takeKey(tree, leaf, kind, expected.generation, suite.kdf);
          if (typeof taken === 'string') return check(`${kind} ${leaf}`, taken, 'a key');
          check(`${kind} key ${leaf}`, taken.key, expected[`${kind}_key`]!);
          check(`${kind} nonce ${leaf}`, taken.nonce, expected[`${kind}_nonce`]!);
          tree = taken.tree;
        }
      }
    }
  },
};

type MessageProtection = Record<
  | 'group_id'
  | 'tree_hash'
  | 'confirmed_transcript_hash'
  | 'signature_priv'
  | 'signature_pub'
  | 'encryption_secret'
  | 'sender_data_secret'
  | 'proposal'
  | 'proposal_priv'
  | 'commit'
  | 'commit_priv'
  | 'application'
  | 'application_priv',
  Hex
> & { readonly epoch: number };
const messageProtection: VectorSet<MessageProtection> = {
  file: 'message-protection.json',
  cases: 1,
  async run(v, check) {
    const suite = await suiteWith(v.signature_priv);
    const sender = { nodeType: 'leaf', leaf: { signaturePublicKey: bytes(v.signature_pub) } };
    const state = {
      groupContext: {
        version: 'mls10',
        cipherSuite: suite.name,
        groupId: bytes(v.group_id),
        epoch: BigInt(v.epoch),
        treeHash: bytes(v.tree_hash),
        confirmedTranscriptHash: bytes(v.confirmed_transcript_hash),
        extensions: [],
      },
      ratchetTree: [undefined, undefined, sender],
      keySchedule: { senderDataSecret: bytes(v.sender_data_secret) },
      secretTree: createSecretTree(2, bytes(v.encryption_secret)),
    } as unknown as EpochState;
    const open = async (hex: Hex) => {
      const message = whole(decodeMlsMessage, hex);
      if (message.wireformat !== 'mls_private_message') throw new Error('not a PrivateMessage');
      const opened = await openPrivate(suite, state, message.privateMessage);
      if (typeof opened === 'string') throw new Error(opened);
      return opened.content;
    };
    const application = await open(v.application_priv);
    check('application', application.contentType === 'application' && application.applicationData, v.application);
    const commit = await open(v.commit_priv);
    check('commit', commit.contentType === 'commit' && encodeCommit(commit.commit), v.commit);
    const proposal = await open(v.proposal_priv);
    check('proposal', proposal.contentType === 'proposal' && encodeProposal(proposal.proposal), v.proposal);
  },
};

interface PskSecret {
  readonly psks: readonly { psk_id: Hex; psk: Hex; psk_nonce: Hex }[];
  readonly psk_secret: Hex;
}
const pskSecret: VectorSet<PskSecret> = {
  file: 'psk_secret.json',
  cases: 11,
  async run(v, check) {
    const psks = v.psks.map(({ psk_id, psk, psk_nonce }): [PreSharedKeyID, Uint8Array] => [
      { psktype: 'external', pskId: bytes(psk_id), pskNonce: bytes(psk_nonce) },
      bytes(psk),
    ]);
    check('psk_secret', await computePskSecret(psks, await suiteWith()), v.psk_secret);
  },
};

type TranscriptHashes = Record<
  | 'authenticated_content'
  | 'interim_transcript_hash_before'
  | 'confirmed_transcript_hash_after'
  | 'interim_transcript_hash_after'
  | 'confirmation_key',
  Hex
>;
const transcriptHashes: VectorSet<TranscriptHashes> = {
  file: 'transcript-hashes.json',
  cases: 1,
  async run(v, check) {
    const { hash } = await suiteWith();
    const { wireformat, content, auth } = whole(decodeAuthenticatedContent, v.authenticated_content);
    if (content.contentType !== 'commit' || auth.contentType !== 'commit') throw new Error('not a commit');
    const { signature, confirmationTag } = auth;
    const before = bytes(v.interim_transcript_hash_before);
    const confirmed = await createConfirmedHash(before, { wireformat, content, signature }, hash);
    check('confirmed', confirmed, v.confirmed_transcript_hash_after);
    check('interim', await createInterimHash(confirmed, confirmationTag, hash), v.interim_transcript_hash_after);
    check('tag', await hash.verifyMac(bytes(v.confirmation_key), confirmationTag, confirmed), true);
  },
};

interface TreeValidation {
  readonly tree: Hex;
  readonly tree_hashes: readonly Hex[];
  readonly resolutions: readonly (readonly number[])[];
}
const treeValidation: VectorSet<TreeValidation> = {
  file: 'tree-validation.json',
  cases: 14,
  async run(v, check) {
    const { hash } = await suiteWith();
    const tree = whole(decodeRatchetTree, v.tree);
    for (const [index, expected] of v.tree_hashes.entries()) {
      check(`tree hash ${index}`, await treeHash(tree, toNodeIndex(index), hash), expected);
      check(`resolution ${index}`, resolution(tree, toNodeIndex(index)).join(), v.resolutions[index]!.join());
    }
    check('parent hashes', await verifyParentHashes(tree, hash), true);
    check('unmerged leaves', areUnmergedLeavesSound(tree), true);
  },
};

interface TreeKem {
  readonly group_id: Hex;
  readonly epoch: number;
  readonly confirmed_transcript_hash: Hex;
  readonly ratchet_tree: Hex;
  readonly leaves_private: readonly {
    readonly index: number;
    readonly encryption_priv: Hex;
    readonly path_secrets: readonly { node: number; path_secret: Hex }[];
  }[];
  readonly update_paths: readonly {
    readonly sender: number;
    readonly update_path: Hex;
    readonly path_secrets: readonly (Hex | null)[];
    readonly commit_secret: Hex;
    readonly tree_hash_after: Hex;
  }[];
}
const treeKem: VectorSet<TreeKem> = {
  file: 'treekem.json',
  cases: 11,
  async run(v, check) {
    const suite = await suiteWith();
    const before = whole(decodeRatchetTree, v.ratchet_tree);
    const exported = async (privateKey: Hex) =>
      suite.hpke.exportPrivateKey(await suite.hpke.importPrivateKey(bytes(privateKey)));
    for (const { sender, update_path, path_secrets, commit_secret, tree_hash_after } of v.update_paths) {
      const path = whole(decodeUpdatePath, update_path);
      const tree = await applyUpdatePath(before, toLeafIndex(sender), path, suite.hash);
      check('tree hash', await treeHash(tree, toNodeIndex((tree.length - 1) / 2), suite.hash), tree_hash_after);
      const context = {
        version: 'mls10' as const,
        cipherSuite: suite.name,
        groupId: bytes(v.group_id),
        epoch: BigInt(v.epoch),
        treeHash: bytes(tree_hash_after),
        confirmedTranscriptHash: bytes(v.confirmed_transcript_hash),
        extensions: [],
      };
      for (const { index, encryption_priv, path_secrets: known } of v.leaves_private) {
        if (index === sender) continue;
        const privateKeys: Record<number, Uint8Array> = { [2 * index]: await exported(encryption_priv) };
        for (const { node, path_secret } of known) {
          const nodeSecret = await deriveSecret(bytes(path_secret), 'node', suite.kdf);
          const pair = await suite.hpke.deriveKeyPair(nodeSecret);
          privateKeys[node] = await suite.hpke.exportPrivateKey(pair.privateKey);
        }
        const own = { leafIndex: index, privateKeys };
        const { pathSecret } = await applyUpdatePathSecret(tree, own, toLeafIndex(sender), context, path, [], suite);
        check(`path secret at ${index}`, pathSecret, path_secrets[index]!);
        const { commitSecret } = await derivePathKeys(suite, tree, sharedPath(tree, sender, index), pathSecret);
        check(`commit secret at ${index}`, commitSecret, commit_secret);
      }
    }
  },
};

const readWelcome = (hex: Hex): Welcome => {
  const message = whole(decodeMlsMessage, hex);
  if (message.wireformat !== 'mls_welcome') throw new Error('not a Welcome');
  return message.welcome;
};
const readKeyPackageMessage = (hex: Hex): KeyPackage => {
  const message = whole(decodeMlsMessage, hex);
  if (message.wireformat !== 'mls_key_package') throw new Error('not a key package');
  return message.keyPackage;
};

type WelcomeVector = Record<'init_priv' | 'key_package' | 'signer_pub' | 'welcome', Hex>;
const welcome: VectorSet<WelcomeVector> = {
  file: 'welcome.json',
  cases: 1,
  async run(v, check) {
    const suite = await suiteWith();
    const sealed = readWelcome(v.welcome);
    const reference = await makeKeyPackageRef(readKeyPackageMessage(v.key_package), suite.hash);
    const initKey = await suite.hpke.importPrivateKey(bytes(v.init_priv));
    const secrets = await decryptGroupSecrets(initKey, reference, sealed, suite.hpke);
    const noPsk = new Uint8Array(suite.kdf.size);
    const groupInfo = secrets && (await decryptGroupInfo(sealed, secrets.joinerSecret, noPsk, suite));
    if (secrets === undefined || groupInfo === undefined) return check('opens', false, true);
    check('signature', await verifyGroupInfoSignature(groupInfo, bytes(v.signer_pub), suite.signature), true);
    check('tag', await verifyGroupInfoConfirmationTag(groupInfo, secrets.joinerSecret, noPsk, suite), true);
  },
};

interface PassiveClient {
  readonly external_psks: readonly { psk_id: Hex; psk: Hex }[];
  readonly key_package: Hex;
  readonly signature_priv: Hex;
  readonly encryption_priv: Hex;
  readonly init_priv: Hex;
  readonly welcome: Hex;
  readonly ratchet_tree: Hex | null;
  readonly initial_epoch_authenticator: Hex;
  readonly epochs: readonly { proposals: readonly Hex[]; commit: Hex; epoch_authenticator: Hex }[];
}
/** With the library's own client: these use PSKs, proposals by reference and public messages, which our profile refuses. */
const passiveClient = (file: string, cases: number): VectorSet<PassiveClient> => ({
  file,
  cases,
  async run(v, check) {
    const suite = await suiteWith(v.signature_priv);
    const psks = Object.fromEntries(
      v.external_psks.map(({ psk_id, psk }) => [bytesToBase64(bytes(psk_id)), bytes(psk)]),
    );
    const privateKeys = {
      initPrivateKey: bytes(v.init_priv),
      hpkePrivateKey: bytes(v.encryption_priv),
      signaturePrivateKey: bytes(v.signature_priv),
    };
    const tree = v.ratchet_tree === null ? undefined : whole(decodeRatchetTree, v.ratchet_tree);
    const keyPackage = readKeyPackageMessage(v.key_package);
    const index = makePskIndex(undefined, psks);
    let state = await joinGroup(readWelcome(v.welcome), keyPackage, privateKeys, index, suite, tree);
    check('joined', state.keySchedule.epochAuthenticator, v.initial_epoch_authenticator);
    for (const epoch of v.epochs) {
      for (const hex of [...epoch.proposals, epoch.commit]) {
        const message = whole(decodeMlsMessage, hex);
        const isHandshake = message.wireformat === 'mls_private_message' || message.wireformat === 'mls_public_message';
        if (!isHandshake) throw new Error('not a handshake');
        const accept = () => 'accept' as const;
        const processed = await processMessage(message, state, makePskIndex(state, psks), accept, suite);
        state = processed.newState;
      }
      check('epoch', state.keySchedule.epochAuthenticator, epoch.epoch_authenticator);
    }
  },
});

/** A set with its vector type forgotten: the file decides what a vector is. */
const set = <Vector>({ file, cases, run }: VectorSet<Vector>): VectorSet<never> => ({ file, cases, run });

export const MLS_VECTOR_SETS: readonly VectorSet<never>[] = [
  set(cryptoBasics),
  set(keySchedule),
  set(messageProtection),
  set(passiveClient('passive-client-handling-commit.json', 13)),
  set(passiveClient('passive-client-welcome.json', 8)),
  set(pskSecret),
  set(secretTree),
  set(transcriptHashes),
  set(treeKem),
  set(treeValidation),
  set(welcome),
];

/** Runs the vectors of suite 7; answers what differs. */
export const runMlsVectors = async (
  { run }: VectorSet<never>,
  vectors: readonly { readonly cipher_suite: number }[],
): Promise<{ readonly cases: number; readonly differences: readonly string[] }> => {
  const differences: string[] = [];
  const ours = vectors.filter(({ cipher_suite }) => cipher_suite === 7);
  for (const [index, vector] of ours.entries()) {
    await run(vector as never, (name, actual, expected) => {
      const shown = actual instanceof Uint8Array ? bytesToHex(actual) : actual;
      if (shown !== expected) differences.push(`${index}: ${name}`);
    });
  }
  return { cases: ours.length, differences };
};
