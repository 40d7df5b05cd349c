/**
 * What members could send whose client was changed, alone or together with the relay, and the reason for which each is to
 * be refused. The sweep over altered envelopes (tamper-sweep.ts) cannot try these: they need a member's keys.
 */
import { decryptSenderData } from 'ts-mls/privateMessage.js';
import type { DepositId, MailboxId } from '../../domain/ids.ts';
import { utf8, type Bytes } from '../../crypto/bytes.ts';
import { signBytes } from '../../crypto/ecdsa-p384.ts';
import { createSeededRandom } from '../../crypto/testing/seeded-random.ts';
import { createTestDevice } from '../../account/testing/test-account.ts';
import { envelope, envelopeHeader } from '../../wire/envelope.ts';
import { accountEntry } from '../../wire/account-entry.ts';
import { decodeWith, encodeWith } from '../../wire/schema.ts';
import { createChainDirectory } from '../directory.ts';
import type { StoredState } from '../engine.ts';
import { openMessage } from '../open-envelope.ts';
import { sealMessage } from '../seal-envelope.ts';
import { toEpochState } from '../ts-mls/epoch-state.ts';
import { decodePrivate, openPrivate } from '../ts-mls/private-message.ts';
import { createTsMlsEngine } from '../ts-mls/ts-mls-engine.ts';
import { byValue, type craftCommit, honestPath, suiteOf } from './hostile-member.ts';
import { evidenceOf, must } from './test-group.ts';
import {
  addOf,
  ANNAS_LEAF,
  BASE,
  craftHandshake,
  craftMessage,
  honestCommit,
  judged,
  said,
  type Forgery,
  type Stage,
  withPhone,
} from './forgery-stage.ts';

export const FORGERIES: Readonly<Record<string, Forgery>> = {
  'a message under another member’s name': {
    meant: 'not-authentic',
    verdict: async (stage, reader) => said(reader, stage, await craftMessage(stage, { leaf: ANNAS_LEAF })),
  },
  'a message of an epoch to come': {
    meant: 'future-epoch',
    verdict: async (stage, reader) => said(reader, stage, await craftMessage(stage, { epochs: 1n })),
  },
  'a message of an epoch that is over': {
    meant: 'past-epoch',
    verdict: async (stage, reader) => said(reader, stage, await craftMessage(stage, { epochs: -1n })),
  },
  'a message on an earlier commit': {
    meant: 'stale',
    verdict: async (stage, reader) =>
      said(reader, stage, await craftMessage(stage, { header: stage.header({ base: BASE - 1 }) })),
  },
  'a message on a later commit': {
    meant: 'early',
    verdict: async (stage, reader) =>
      said(reader, stage, await craftMessage(stage, { header: stage.header({ base: BASE + 1 }) })),
  },
  'a message that is bound to another header': {
    meant: 'header-differs',
    verdict: async (stage, reader) =>
      said(reader, stage, await craftMessage(stage, { boundTo: stage.header({ head: BASE + 1 }) })),
  },
  'a header that the relay altered outside and inside': {
    meant: 'not-authentic',
    verdict: async (stage, reader) => {
      const place = { base: BASE, head: BASE, depositId: '0c'.repeat(16) as DepositId };
      const deps = { engine: stage.anna.engine, random: createSeededRandom('relay') };
      const payload = utf8('true');
      const sealed = await sealMessage(deps, stage.fresh('anna'), { class: 'message', place, payload });
      const { header, body } = must(decodeWith(envelope, sealed.envelope));
      const at = findBytes(body, header);
      const altered = encodeWith(envelopeHeader, { ...must(decodeWith(envelopeHeader, header)), head: BASE - 1 });
      const forged = body.slice();
      forged.set(altered, at);
      return said(reader, stage, encodeWith(envelope, { header: altered, body: forged }));
    },
  },
  'a header altered where nobody looks at signatures: the seal holds it too': {
    meant: 'true: number, altered: not-authentic',
    verdict: async (stage) => {
      const suite = suiteOf(stage.bert);
      const blind = { ...suite, signature: { ...suite.signature, verify: async () => true } };
      const data = utf8('header');
      const { message } = await stage.anna.engine.protect(stage.fresh('anna'), utf8('true'), data);
      const read = decodePrivate(message);
      if (read === undefined) return 'no message';
      const open = async (authenticatedData: Bytes): Promise<string> => {
        const opened = await openPrivate(blind, toEpochState(stage.fresh('bert')), { ...read, authenticatedData });
        return typeof opened === 'string' ? opened : typeof opened.generation;
      };
      return `true: ${await open(data)}, altered: ${await open(utf8('Header'))}`;
    },
  },
  'a message that came late, played again': {
    meant: 'used',
    verdict: async (stage, reader) => {
      const deps = { engine: stage.anna.engine, random: createSeededRandom('late') };
      const place = { base: BASE, head: BASE, depositId: '0d'.repeat(16) as DepositId };
      const payload = utf8('late');
      const first = await sealMessage(deps, stage.fresh('anna'), { class: 'message', place, payload });
      const second = await sealMessage(deps, first.nextState, { class: 'message', place, payload });
      let state = stage.fresh('bert');
      for (const bytes of [second.envelope, first.envelope]) {
        state = must(await openMessage(reader, state, bytes, BASE)).nextState;
      }
      return said(reader, stage, first.envelope, state);
    },
  },
  'a commit under another member’s name': {
    meant: 'not-authentic',
    verdict: async (stage, reader) => judged(reader, stage, await craftHandshake(stage, {}, { leaf: ANNAS_LEAF })),
  },
  'a commit on another base': {
    meant: 'other-base',
    verdict: async (stage, reader) =>
      judged(reader, stage, await craftHandshake(stage, {}, { header: { base: BASE + 1 } })),
  },
  'a commit without a path': {
    meant: 'no-path',
    verdict: async (stage, reader) => {
      const proposals = byValue({ proposalType: 'remove', remove: { removed: ANNAS_LEAF } });
      return judged(reader, stage, await craftHandshake(stage, { proposals, path: async () => undefined }));
    },
  },
  'a commit whose new leaf nobody signed': {
    meant: 'bad-leaf',
    verdict: async (stage, reader) => {
      const path: NonNullable<Parameters<typeof craftCommit>[2]['path']> = async (state) => {
        const honest = await honestPath(stage.cleo, state);
        const signature = honest.leafNode.signature.slice();
        signature[60]! ^= 1;
        return { ...honest, leafNode: { ...honest.leafNode, signature } };
      };
      return judged(reader, stage, await craftHandshake(stage, { path }));
    },
  },
  'a commit of which nobody can confirm the epoch': {
    meant: 'broken',
    verdict: async (stage, reader) => judged(reader, stage, await craftHandshake(stage)),
  },
  'a stranger’s key under a known name': {
    meant: 'stranger',
    verdict: async (stage, reader) => {
      const impostor = await createTestDevice('impostor', 0);
      const engine = createTsMlsEngine({
        random: createSeededRandom('impostor'),
        signer: {
          identity: stage.dora.signer.identity,
          publicKey: impostor.keys.signatureKey,
          sign: (message) => signBytes(impostor.signingKey, message),
        },
      });
      const evidence = evidenceOf([stage.dora]);
      return judged(reader, stage, await craftHandshake(stage, { proposals: await addOf({ engine }) }, { evidence }));
    },
  },
  'a device that its account let go': {
    meant: 'stranger',
    verdict: async (stage, reader) => {
      const evidence = await withPhone(stage, true);
      return judged(reader, stage, await craftHandshake(stage, { proposals: await addOf(stage.dora) }, { evidence }));
    },
  },
  'an account whose newest entry it did not sign': {
    meant: 'evidence bad-signature',
    verdict: async (stage, reader) => {
      const [genesis, added] = await withPhone(stage, false);
      const entry = must(decodeWith(accountEntry, added ?? new Uint8Array(0)));
      const { device } = entry;
      if (genesis === undefined || device === undefined) throw new Error('no entry to forge');
      const signature = device.signature.slice();
      signature[40]! ^= 1;
      const evidence = [genesis, encodeWith(accountEntry, { ...entry, device: { ...device, signature } })];
      return judged(reader, stage, await craftHandshake(stage, {}, { evidence }));
    },
  },
  'other evidence under the hash of the right one': {
    meant: 'malformed',
    verdict: async (stage, reader) => {
      const { envelope: bytes } = await honestCommit(stage);
      const evidence = evidenceOf([stage.dora]);
      return judged(reader, stage, encodeWith(envelope, { ...must(decodeWith(envelope, bytes)), evidence }));
    },
  },
  'a row that reaches others than the members': {
    meant: 'wrong-recipients',
    verdict: async (stage, reader) => {
      const { envelope: bytes, recipients } = await honestCommit(stage);
      const others = ['00'.repeat(32) as MailboxId, ...recipients];
      return judged(reader, stage, bytes, { ...stage.known, recipients: others });
    },
  },
  'what is right': {
    meant: 'opened, applied',
    verdict: async (stage, reader) => {
      const { envelope: bytes, recipients } = await honestCommit(stage, await withPhone(stage, false));
      const commit = await judged(reader, stage, bytes, { ...stage.known, recipients });
      return `${await said(reader, stage, await craftMessage(stage, {}))}, ${commit}`;
    },
  },
  'keys of one epoch, of which two things sealed share none': {
    meant: '6 keys, 6 guards',
    verdict: (stage) => countKeys(stage),
  },
};

/** Three messages and three commits that were refused, the state stored and loaded again in between. */
const countKeys = async ({ anna, bert, fresh, known }: Stage): Promise<string> => {
  const sealed: Bytes[] = [];
  let stored: StoredState = anna.engine.store(fresh('anna'));
  const data = utf8('keys');
  for (let round = 0; round < 3; round += 1) {
    const { message, nextState } = await anna.engine.protect(must(anna.engine.load(stored)), data, data);
    const directory = createChainDirectory(known.chains);
    const parts = { authenticatedData: data, directory };
    const pending = must(await anna.engine.commit(nextState, { add: [], remove: [] }, parts));
    sealed.push(message, pending.commit);
    stored = anna.engine.store(anna.engine.drop(pending));
  }
  const state = toEpochState(fresh('bert'));
  const keys = new Set<string>();
  const guards = new Set<string>();
  for (const bytes of sealed) {
    const message = decodePrivate(bytes);
    const opened = message && (await openPrivate(suiteOf(bert), state, message));
    if (message === undefined || opened === undefined) return 'no message';
    if (typeof opened === 'string') return opened;
    keys.add(`${message.contentType} ${opened.generation}`);
    const sender = await decryptSenderData(message, state.keySchedule.senderDataSecret, suiteOf(bert));
    guards.add(sender?.reuseGuard.join() ?? '');
  }
  return `${keys.size} keys, ${guards.size} guards`;
};

const findBytes = (within: Bytes, part: Bytes): number => {
  for (let at = 0; at + part.length <= within.length; at += 1) {
    if (part.every((byte, index) => within[at + index] === byte)) return at;
  }
  throw new Error('the header is not in the message');
};
