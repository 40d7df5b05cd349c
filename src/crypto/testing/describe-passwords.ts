import { describe, expect, test } from 'vitest';
import { bytesToHex } from '../../domain/ids.ts';
import { utf8 } from '../bytes.ts';
import {
  calibrateIterations,
  PBKDF2_MAX_ITERATIONS,
  PBKDF2_MIN_ITERATIONS,
  stretchPassword,
  type MeasureMs,
} from '../pbkdf2.ts';
import { createSeededRandom } from './seeded-random.ts';

const salt = utf8('salt of thirty-two bytes, exactly');

const pretendItTook =
  (elapsedMs: number): MeasureMs =>
  async (task) => {
    await task();
    return elapsedMs;
  };

export const describePasswords = (): void => {
  describe('passwords', () => {
    test('are stretched 600,000 times, in a form that every keyboard gives', async () => {
      const composed = await stretchPassword('caf\u00e9 \u2460', salt, PBKDF2_MIN_ITERATIONS);
      expect(bytesToHex(composed)).toBe(FROZEN_STRETCHED);
      expect(await stretchPassword('cafe\u0301 1', salt, PBKDF2_MIN_ITERATIONS)).toEqual(composed);
    });

    test('are never stretched less than the floor, nor more than the ceiling', async () => {
      const counts = [0, 1, 599_999, PBKDF2_MAX_ITERATIONS + 1, 600_000.5, Number.NaN, Infinity, -600_000];
      for (const count of counts) await expect(stretchPassword('x', salt, count)).rejects.toThrow(RangeError);
    });

    test('calibration aims at 700 ms, between floor and ceiling', async () => {
      const random = createSeededRandom('calibrate');
      expect(await calibrateIterations(random, pretendItTook(350))).toBe(1_200_000);
      expect(await calibrateIterations(random, pretendItTook(7_000))).toBe(PBKDF2_MIN_ITERATIONS);
      expect(await calibrateIterations(random, pretendItTook(0))).toBe(PBKDF2_MAX_ITERATIONS);
    });
  });
};

const FROZEN_STRETCHED =
  '607aeac59a5183df9ca067548917a4c6673b25231cd0ccf93eccb72a44dbf3c7804e823d16b4e321004ec05f1849111fa1d46092781b351a4c36d77ac3044b6c';
