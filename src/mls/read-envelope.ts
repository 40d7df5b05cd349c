import { LIMITS } from '../domain/limits.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { equalBytes, type Bytes } from '../crypto/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import {
  envelope,
  envelopeHeader,
  ENVELOPE_VERSION,
  evidence as evidenceList,
  type EnvelopeClass,
  type EnvelopeHeader,
} from '../wire/envelope.ts';
import { decodeWith, encodeWith } from '../wire/schema.ts';

export interface ReadEnvelope {
  readonly header: EnvelopeHeader;
  /** As they came: what the body is bound to. */
  readonly headerBytes: Bytes;
  readonly body: Bytes;
  readonly evidence: readonly Bytes[];
}

export type EnvelopeError =
  | { readonly tag: 'malformed' }
  | { readonly tag: 'too-large' }
  /** A conversation's envelopes keep the version that it was created with. */
  | { readonly tag: 'other-version' }
  | { readonly tag: 'other-class' };

const CARRIES_EVIDENCE = ['handshake', 'welcome'] as const satisfies readonly EnvelopeClass[];

/** Shape, size, version and class. That the header belongs to the body is seen when the body is opened. */
export const readEnvelope = async (
  bytes: Uint8Array,
  classes: readonly EnvelopeClass[],
): Promise<Result<ReadEnvelope, EnvelopeError>> => {
  const carriesEvidence = classes.some((name) => (CARRIES_EVIDENCE as readonly EnvelopeClass[]).includes(name));
  if (bytes.length > (carriesEvidence ? LIMITS.handshakeBytes : LIMITS.envelopeBytes)) return err({ tag: 'too-large' });
  const outer = decodeWith(envelope, bytes);
  const header = outer.ok ? decodeWith(envelopeHeader, outer.value.header) : outer;
  if (!outer.ok || !header.ok) return err({ tag: 'malformed' });
  if (header.value.version !== ENVELOPE_VERSION) return err({ tag: 'other-version' });
  if (!classes.includes(header.value.class)) return err({ tag: 'other-class' });
  const { evidence, body, header: headerBytes } = outer.value;
  const { evidenceHash } = header.value;
  const isEvidenceInPlace = carriesEvidence
    ? evidence !== undefined && evidenceHash !== undefined && equalBytes(await hashEvidence(evidence), evidenceHash)
    : evidence === undefined && evidenceHash === undefined;
  if (!isEvidenceInPlace) return err({ tag: 'malformed' });
  return ok({ header: header.value, headerBytes, body, evidence: evidence ?? [] });
};

export const hashEvidence = (evidence: readonly Bytes[]): Promise<Bytes> => sha256(encodeWith(evidenceList, evidence));
