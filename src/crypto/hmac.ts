import { equalBytes, type Bytes } from './bytes.ts';

/** HMAC-SHA-384, 48 bytes. */
export const hmacSha384 = async (key: Uint8Array, message: Uint8Array): Promise<Bytes> => {
  // No engine imports an empty HMAC key. One zero byte is the same key: HMAC pads keys with zeros (RFC 2104 §2).
  const padded = key.length === 0 ? new Uint8Array(1) : key;
  const handle = await crypto.subtle.importKey('raw', padded, { name: 'HMAC', hash: 'SHA-384' }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', handle, message));
};

/** False for a tag of any other length: truncated tags are not accepted. */
export const verifyHmacSha384 = async (key: Uint8Array, message: Uint8Array, tag: Uint8Array): Promise<boolean> =>
  equalBytes(await hmacSha384(key, message), tag);
