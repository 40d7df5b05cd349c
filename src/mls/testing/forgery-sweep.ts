import type { MlsEngine } from '../engine.ts';
import { FORGERIES } from './forgeries.ts';
import { setStage } from './forgery-stage.ts';
import { createTally, type SweepResult } from './sweep-result.ts';

export const FORGERY_KINDS = Object.keys(FORGERIES).length;

/** @param engineOf lets a control put a careless engine in the reader's place */
export const sweepForgeries = async (
  seed: number,
  rounds: number,
  engineOf: (engine: MlsEngine) => MlsEngine = (engine) => engine,
): Promise<SweepResult> => {
  const tally = createTally();
  for (let round = 0; round < rounds; round += 1) {
    const stage = await setStage(seed * 1_000 + round);
    const reader = engineOf(stage.bert.engine);
    for (const [name, { meant, verdict }] of Object.entries(FORGERIES)) {
      const answer = await verdict(stage, reader).catch((error: unknown) => `throws ${String(error)}`);
      await tally.expect(`${name}: ${answer} (round ${round})`, async () => answer === meant);
    }
  }
  return tally.result();
};
