/**
 * The device checkpoint: tells a rolled-back or cloned store from the living one before anything leaves it
 * (docs/protocol/sync.md, "Checkpoint"). Every logged-in turn moves it, so it announces no send.
 */
import { bytesToHex } from '../domain/ids.ts';

export type CheckpointValue = Uint8Array<ArrayBuffer>; // 32 bytes

export type Checkpoint = {
  /** The value that the relay is known to hold. Undefined before the first turn. */
  readonly confirmed: CheckpointValue | undefined;
  /** Durable here, and perhaps at the relay: set in the transaction that sealed, before the compare-and-set. */
  readonly pending: CheckpointValue | undefined;
};

export type CheckpointVerdict =
  /** The compare-and-set went through: go on with the deposits. */
  | 'pending-stands'
  /** It did not (or there was none): compare-and-set first. */
  | 'confirmed-stands'
  /** The relay was put back from a backup: what it holds is a value of our own past, under a new incarnation. */
  | 'relay-restored'
  /** This store is an old copy, or another copy of it has been used: nothing may be sealed from it any more. */
  | 'store-is-old';

/**
 * @param held what the relay answered
 * @param isInRing whether `held` is one of our last 4,096 confirmed values
 * @param isNewIncarnation whether the relay's incarnation differs from the one that we last worked with
 */
export const judgeCheckpoint = (
  { confirmed, pending }: Checkpoint,
  held: CheckpointValue | undefined,
  isInRing: boolean,
  isNewIncarnation: boolean,
): CheckpointVerdict => {
  if (held !== undefined && isSame(held, pending)) return 'pending-stands';
  if (held === undefined ? confirmed === undefined : isSame(held, confirmed)) {
    // Whether it had taken the pending one and lost it, with all that was sent since, nobody can say.
    return isNewIncarnation && pending !== undefined ? 'relay-restored' : 'confirmed-stands';
  }
  if (isNewIncarnation && (held === undefined || isInRing)) return 'relay-restored';
  return 'store-is-old';
};

/** Whether the relay was put back since: where none is known, there is nothing to compare. */
export const isOtherIncarnation = (
  known: Uint8Array<ArrayBuffer> | undefined,
  said: Uint8Array<ArrayBuffer>,
): boolean => known !== undefined && bytesToHex(known) !== bytesToHex(said);

const isSame = (left: CheckpointValue, right: CheckpointValue | undefined): boolean =>
  right !== undefined && bytesToHex(left) === bytesToHex(right);
