/** Returns `length` bytes from a cryptographically secure source. The composition root injects it. */
export type RandomBytes = (length: number) => Uint8Array<ArrayBuffer>;

/** Wall clock, in milliseconds since 1970-01-01 UTC. Never used to decide what is valid, only what is shown or due. */
export type Clock = () => number;

/** Calls `task` once after `delayMs`; returns a function that cancels it. */
export type SetTimer = (task: () => void, delayMs: number) => () => void;
