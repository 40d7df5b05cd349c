/**
 * A process that dies at a chosen point and is opened again from the bytes that it left. The points are every change of a
 * file, every flush, and every call to the relay, before it leaves and before its answer is heard. Nothing else is seen
 * outside, so a death anywhere between two of them is the same as one at the later of the two.
 */
import type { RelayPort } from '../../sync/transport.ts';
import { createFaultyRelay } from './faulty-relay.ts';
import type { VaultImages } from './memory-vaults.ts';
import type { TestClient } from './test-client.ts';

export type Mortality = {
  /** The relay as whoever may die reaches it. */
  readonly relay: RelayPort;
  /** For their files. */
  readonly onFileChange: (operation: 'write' | 'flush') => void;
  /** From now on it is this process that dies. */
  readonly strike: (client: TestClient) => void;
  /** 0: at the next point. */
  readonly dieAt: (point: number) => void;
  /** From now on nobody dies. Answers whether the point was reached. */
  readonly endWaiting: () => boolean;
};

/** @param losesCommit a planted fault: a death takes the last thing that was called stored with it */
export const createMortality = (port: RelayPort, losesCommit: boolean): Mortality => {
  /** Undefined: nobody dies. */
  let pointsLeft: number | undefined;
  let client: TestClient | undefined;
  /** As it stood at the last flush, and at the one before. */
  let [last, before]: (VaultImages | undefined)[] = [];

  const dies = (): boolean => {
    if (pointsLeft === undefined) return false;
    pointsLeft -= 1;
    if (pointsLeft >= 0) return false;
    pointsLeft = undefined;
    client?.crash();
    if (losesCommit) client?.vaults.crash(before);
    return true;
  };

  return {
    relay: createFaultyRelay(port, { fate: () => (dies() ? 'request-lost' : (dies(), 'delivered')) }),
    onFileChange(operation) {
      if (losesCommit && operation === 'flush') [before, last] = [last, client?.vaults.images()];
      dies();
    },
    strike(struck) {
      client = struck;
    },
    dieAt(point) {
      pointsLeft = point;
    },
    endWaiting() {
      const wasReached = pointsLeft === undefined;
      pointsLeft = undefined;
      return wasReached;
    },
  };
};

export const revived = async (client: TestClient): Promise<TestClient> => {
  while (client.isDead()) await client.reopen();
  return client;
};

/** A world in which one point after the other is tried. */
export type MortalWorld = {
  readonly run: (point: number) => Promise<{ readonly wasReached: boolean; readonly wrong: string | undefined }>;
  readonly close: () => Promise<void>;
};

export type PointsResult = { readonly tried: number; readonly bad: number; readonly example: string | undefined };

/** A chain grows with each device that is replaced, and verifying it takes longer: a year of daily ones is no case. */
const RUNS_PER_WORLD = 20;

/** @param options.every 1: each point; n: each n-th */
export const sweepPoints = async (
  createWorld: () => Promise<MortalWorld>,
  options: { readonly every: number; readonly runsPastTheEnd: number },
): Promise<PointsResult> => {
  let [tried, pastTheEnd, runs] = [0, 0, 0];
  let world = await createWorld();
  let example: string | undefined;
  // What went wrong once is wrong ever after.
  for (let point = 0; pastTheEnd < options.runsPastTheEnd && example === undefined; point += options.every) {
    if (runs === RUNS_PER_WORLD) {
      await world.close();
      [world, runs] = [await createWorld(), 0];
    }
    runs += 1;
    const { wasReached, wrong } = await world.run(point);
    if (wasReached) tried += 1;
    pastTheEnd = wasReached ? 0 : pastTheEnd + 1;
    if (wrong !== undefined) example = `point ${point}: ${wrong}`;
  }
  await world.close();
  return { tried, bad: example === undefined ? 0 : 1, example };
};
