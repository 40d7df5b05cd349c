// Where everything lies in the module's memory. The entry exports what the host fills and reads.

/** Filled by the host. HChaCha20 takes KEY and the first 16 bytes of NONCE. */
export const KEY: usize = 0; // 32
export const NONCE: usize = 32; // 24

/** What RFC 8439 calls key and nonce: here the derived ones. */
export const SUBKEY: usize = 64; // 32
export const IV: usize = 96; // 12
export const TAG: usize = 112; // 16

/** The input of ChaCha20's block function, and one block of its output. */
export const STATE: usize = 128; // 64
export const BLOCK: usize = 192; // 64

/** Poly1305: block 0 of the key stream, which begins with its key; the accumulator in five words of 64 bits; the tag
 * that was computed; the closing block of lengths. */
export const MAC_KEY: usize = 256; // 64
export const SUM: usize = 320; // 40
export const COMPUTED: usize = 368; // 16
export const LENGTHS: usize = 384; // 16
export const SECRETS_END: usize = 400;

/** Room for whole blocks of 16. */
export const AD: usize = 1024;
export const AD_MAX: usize = 1024;

/** The page, changed in place. Ciphers run over whole strides, so the host leaves SLACK bytes free behind it. */
export const DATA: usize = 2048;
export const SLACK: usize = 256;
