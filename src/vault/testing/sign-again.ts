import { concatBytes } from '../../crypto/bytes.ts';
import { sign, type SigningKey } from '../../crypto/ecdsa-p384.ts';
import { SIGNATURE_LABELS } from '../../crypto/labels.ts';
import { rehash } from './vault-kit.ts';

/** The file with some of its bytes changed, signed again: what the owner of `key` could have written. */
export const signAgain = async (
  file: Uint8Array,
  key: SigningKey,
  change: (view: DataView) => void,
): Promise<Uint8Array> => {
  const content = file.slice(0, -128);
  change(new DataView(content.buffer));
  const signature = await sign(key, SIGNATURE_LABELS.header, content);
  return rehash(concatBytes(content, signature, new Uint8Array(32)));
};
