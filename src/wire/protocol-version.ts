/**
 * History
 * 1: first version.
 *
 * protocol-version.test.ts pins the hash of all shapes: a change of the wire without a new version fails there.
 */
export const PROTOCOL_VERSION = 1;

/** The oldest version that this code still speaks: one release back (expand, then contract). */
export const MIN_PROTOCOL_VERSION = 1;
