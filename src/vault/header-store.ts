/** A header rests in two copies, so that a write cut short can destroy one of them only. */
export type CopyNumber = 0 | 1;

/** Where the two copies of one vault's header rest. */
export interface HeaderStore {
  /** The whole copy; `undefined` where there is none. Rejects if the storage cannot answer. */
  read(copy: CopyNumber): Promise<Uint8Array | undefined>;

  /**
   * Replaces the copy and resolves once it would survive a loss of power. Cut short, it may leave this copy in any
   * state, and never touches the other. Rejects if it is not stored.
   */
  write(copy: CopyNumber, bytes: Uint8Array): Promise<void>;
}
