/** Every shape that is sent or signed, by the name that docs/protocol/ gives it. The protocol's schema hash covers them. */
import {
  accountEntry,
  deviceKeys,
  deviceStatement,
  entryBody,
  handleClaim,
  handleClaimBody,
  leafIdentity,
  signedEntryBody,
} from '../account-entry.ts';
import { envelope, envelopeHeader, evidence, hintContext } from '../envelope.ts';
import { conversationExtension, introduction, inviteProofInput } from '../group-extensions.ts';
import { invite } from '../invite.ts';
import { hybridTime, payload, profileBody, receiptBody, textBody } from '../payload.ts';
import {
  commitRow,
  inboxItem,
  keyPackageList,
  loginStatement,
  RELAY_OPERATIONS,
  relayError,
  signedRow,
} from '../relay-api.ts';
import { clientFrame, serverFrame } from '../relay-frames.ts';
import type { Schema } from '../schema.ts';

const formats = {
  accountEntry,
  clientFrame,
  commitRow,
  conversationExtension,
  deviceKeys,
  deviceStatement,
  entryBody,
  envelope,
  envelopeHeader,
  evidence,
  handleClaim,
  handleClaimBody,
  hintContext,
  hybridTime,
  inboxItem,
  introduction,
  invite,
  inviteProofInput,
  keyPackageList,
  leafIdentity,
  loginStatement,
  payload,
  profileBody,
  receiptBody,
  relayError,
  serverFrame,
  signedEntryBody,
  signedRow,
  textBody,
};

/** With its type forgotten: a test that runs over all of them fills each from its shape. */
const opaque = (schema: object): Schema<unknown> => schema as Schema<unknown>;

export const ALL_SCHEMAS: readonly (readonly [name: string, schema: Schema<unknown>])[] = [
  ...Object.entries(formats).map(([name, schema]) => [name, opaque(schema)] as const),
  ...Object.entries(RELAY_OPERATIONS).flatMap(([name, { request, response }]) => [
    [`${name} request`, opaque(request)] as const,
    [`${name} response`, opaque(response)] as const,
  ]),
];
