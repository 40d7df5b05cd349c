/**
 * The hint in an envelope's header: which leaf wrote it, readable with the epoch's hint key alone. It is for
 * notifications only. Any member can forge it, so core corrects the name as soon as the message itself is open.
 *
 * nonce 12 | AES-256-GCM of { leaf u32 | flags u8 | zero 15 } | tag 16, bound to the header without hint.
 */
import type { RandomBytes } from '../domain/ports.ts';
import { openAesGcm, sealAesGcm, type AesKey } from '../crypto/aes-gcm.ts';
import type { Bytes } from '../crypto/bytes.ts';
import { hintContext, type EnvelopeHeader } from '../wire/envelope.ts';
import { encodeWith } from '../wire/schema.ts';

export type Hint = { readonly leaf: number; readonly flags: number };
type HintlessHeader = Omit<EnvelopeHeader, 'hint'>;

const HINT_BYTES = 20;
const FLAGS_OFFSET = 4;
const ZERO_OFFSET = 5;

export const sealHint = (random: RandomBytes, key: AesKey, header: HintlessHeader, hint: Hint): Promise<Bytes> => {
  const plaintext = new Uint8Array(HINT_BYTES);
  const view = new DataView(plaintext.buffer);
  view.setUint32(0, hint.leaf);
  view.setUint8(FLAGS_OFFSET, hint.flags);
  return sealAesGcm(random, key, plaintext, encodeWith(hintContext, header));
};

/** `undefined` where the header says nothing that this key opens. */
export const openHint = async (key: AesKey, header: EnvelopeHeader): Promise<Hint | undefined> => {
  const { hint, ...hintless } = header;
  const opened = await openAesGcm(key, hint, encodeWith(hintContext, hintless));
  if (!opened.ok || opened.value.length !== HINT_BYTES) return undefined;
  if (opened.value.subarray(ZERO_OFFSET).some((byte) => byte !== 0)) return undefined;
  const view = new DataView(opened.value.buffer);
  return { leaf: view.getUint32(0), flags: view.getUint8(FLAGS_OFFSET) };
};
