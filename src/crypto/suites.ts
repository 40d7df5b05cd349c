/** Suite ids stand in every stored or sent format. A number is never used again for another set of algorithms. */

/** How a database page is sealed (first bytes of the superblock). Nonce 24 and tag 16 bytes in every suite. */
export const PAGE_SUITES = { xchacha20Poly1305: 1, xaes256Gcm: 2 } as const;
export type PageSuiteId = (typeof PAGE_SUITES)[keyof typeof PAGE_SUITES];

/** Vault header: PBKDF2-HMAC-SHA-512, HKDF-SHA-384, HPKE {@link HPKE_SUITE}, AES-256-GCM, ECDSA P-384 with SHA-384. */
export const VAULT_SUITES = { p384Aes256GcmSha384: 1 } as const;

/** Conversations: RFC 9420 §17.1, MLS_256_DHKEMP384_AES256GCM_SHA384_P384. */
export const MLS_SUITES = { p384Aes256GcmSha384: 7 } as const;

/** RFC 9180 §7: DHKEM(P-384, HKDF-SHA384), HKDF-SHA384, AES-256-GCM. */
export const HPKE_SUITE = { kem: 0x0011, kdf: 0x0002, aead: 0x0002 } as const;
