import { describe, expect, test } from 'vitest';
import type { AccountId, ConversationId, DepositId, GroupId, MailboxId, MessageId, RelayId } from '../domain/ids.ts';
import { bytesToHex, hexToBytes } from '../domain/ids.ts';
import {
  accountEntry,
  deviceStatement,
  entryBody,
  handleClaim,
  handleClaimBody,
  leafIdentity,
  signedEntryBody,
} from './account-entry.ts';
import { envelope, envelopeHeader } from './envelope.ts';
import { conversationExtension, introduction } from './group-extensions.ts';
import { fragmentToInvite, invite, inviteToFragment } from './invite.ts';
import { encodePayload, receiptBody, textBody } from './payload.ts';
import { commitRow, keyPackageList, loginStatement, signedRow } from './relay-api.ts';
import { clientFrame, serverFrame } from './relay-frames.ts';
import { decodeWith, encodeWith, type Schema } from './schema.ts';
import { FROZEN } from './testing/frozen-samples.ts';

const fill = (length: number, byte: number): Uint8Array<ArrayBuffer> => new Uint8Array(length).fill(byte);
const account = '11'.repeat(32) as AccountId;
const relay = '22'.repeat(32) as RelayId;
const mailbox = '33'.repeat(32) as MailboxId;
const group = '44'.repeat(16) as GroupId;
const deposit = '0000515355'.padEnd(32, '5') as DepositId;
const keys = { deviceIndex: 1, signatureKey: fill(97, 4), mailboxKey: fill(97, 5) };
const timeMs = 1_790_000_000_000;
const claim = { body: fill(9, 1), deviceIndex: 0, signature: fill(96, 2) };
const payload = {
  format: 1,
  kind: 0,
  messageId: '66'.repeat(16) as MessageId,
  counter: 7,
  time: { wallMs: timeMs, counter: 1 },
  body: encodeWith(textBody, { text: 'hello' }),
};

const sample = <const T>(name: string, schema: Schema<T>, value: NoInfer<T>): [string, Schema<unknown>, unknown] => [
  name,
  schema as unknown as Schema<unknown>,
  value,
];

/** One of each format, as version 1 wrote it. These bytes are never made anew: a reader of today must read them. */
describe('samples of version 1', () => {
  test.each([
    sample('accountEntry', accountEntry, {
      body: fill(40, 1),
      statements: [fill(96, 2)],
      device: { deviceIndex: 0, signature: fill(96, 3) },
      recovery: fill(96, 4),
    }),
    sample('entryBody', entryBody, {
      format: 1,
      kind: 'genesis',
      sequence: 0,
      previous: fill(32, 0),
      timeMs,
      added: [keys],
      removed: [2],
      recoveryKey: fill(97, 4),
      relayId: relay,
      random: fill(32, 6),
    }),
    sample('deviceStatement', deviceStatement, { accountId: account, previous: fill(32, 1), keys }),
    sample('signedEntryBody', signedEntryBody, { accountId: account, body: fill(4, 1) }),
    sample('handleClaim', handleClaim, claim),
    sample('handleClaimBody', handleClaimBody, {
      relayId: relay,
      handle: 'anna',
      accountId: account,
      head: fill(32, 1),
      counter: 5,
    }),
    sample('leafIdentity', leafIdentity, { accountId: account, deviceIndex: 300 }),
    sample('envelopeHeader', envelopeHeader, {
      version: 1,
      class: 'handshake',
      groupId: group,
      base: 3,
      head: 2 ** 40,
      depositId: deposit,
      hint: fill(48, 7),
      evidenceHash: fill(32, 8),
    }),
    sample('envelope', envelope, { header: fill(3, 1), body: fill(5, 2), evidence: [fill(2, 3)] }),
    sample('conversationExtension', conversationExtension, {
      version: 1,
      conversationId: '77'.repeat(16) as ConversationId,
      kind: 'direct',
      generation: 1,
      previousGroupId: group,
    }),
    sample('introduction', introduction, {
      version: 1,
      name: 'Änna',
      handleClaim: claim,
      invite: { inviteId: fill(16, 1), proof: fill(48, 2) },
    }),
    sample('invite', invite, {
      version: 1,
      relayId: relay,
      accountId: account,
      inviteId: fill(16, 8),
      key: fill(32, 9),
    }),
    sample('receiptBody', receiptBody, { delivered: [payload.messageId] }),
    sample('commitRow', commitRow, {
      groupId: group,
      sequence: 9,
      commitHash: fill(32, 1),
      base: 8,
      recipients: [mailbox],
      capabilityHash: fill(32, 2),
      incarnation: fill(16, 3),
    }),
    sample('signedRow', signedRow, { row: fill(4, 1), signature: fill(96, 2) }),
    sample('loginStatement', loginStatement, {
      relayId: relay,
      relayNonce: fill(32, 1),
      clientNonce: fill(32, 2),
      mailboxId: mailbox,
      purpose: 'fetchToken',
      timeMs,
    }),
    sample('keyPackageList', keyPackageList, {
      relayId: relay,
      mailboxId: mailbox,
      packages: [fill(3, 1)],
      lastResort: fill(3, 2),
      timeMs,
    }),
    sample('clientFrame', clientFrame, { id: 1, operation: 'fetch', body: fill(3, 1) }),
    sample('serverFrame', serverFrame, {
      kind: 'error',
      id: 1,
      error: { code: 'conflict', message: 'newer', newest: 9 },
    }),
  ])('%s', (name, schema, value) => {
    expect(bytesToHex(encodeWith(schema, value))).toBe(FROZEN[name]);
    expect(decodeWith(schema, hexToBytes(FROZEN[name] ?? ''))).toEqual({ ok: true, value });
  });

  test('payload', () => expect(bytesToHex(encodePayload(payload))).toBe(FROZEN.payload));

  test('invite link', () => {
    const value = { version: 2, relayId: relay, accountId: account, inviteId: fill(16, 8), key: fill(32, 9) };
    expect(inviteToFragment(value)).toBe(FROZEN.inviteLink2);
    // Version 1 was never released: it had nothing to tell a wrong letter by.
    expect(fragmentToInvite(FROZEN.inviteLink ?? '').ok).toBe(false);
  });
});
