/** 32 bytes, in hex. */
export const PEER_KEY_HEX = '07'.repeat(32);
