/**
 * Room that is kept on a file layer for deleting, and for being let in to do so. Whoever makes the layer keeps it
 * (docs/protocol/browser-storage.md, "A full disk"); core lifts it for what must not be refused.
 */
export interface SpareRoom {
  /** Lets files grow into it, for a deletion and what it needs; answers how to end that. */
  readonly lift: () => () => void;
  /** Some of it has been used, and is not made up for. */
  readonly isOwed: () => boolean;
  /** What it takes on the disk now; nothing where it is only counted. */
  readonly bytes: () => number;
}
