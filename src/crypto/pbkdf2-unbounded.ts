import type { Bytes } from './bytes.ts';

/**
 * PBKDF2-HMAC-SHA-512 with any number of iterations: only pbkdf2.ts, which holds the floor, and the vector tests may
 * import this file (pbkdf2.test.ts looks).
 */
export const pbkdf2HmacSha512 = async (
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  length: number,
): Promise<Bytes> => {
  const handle = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
  const parameters = { name: 'PBKDF2', hash: 'SHA-512', salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, handle, length * 8));
};
