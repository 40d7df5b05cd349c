import type { RandomBytes } from '../domain/ports.ts';
import { utf8, type Bytes } from './bytes.ts';
import { purge } from './keys.ts';
import { pbkdf2HmacSha512 } from './pbkdf2-unbounded.ts';

/** Fewer would let whoever altered a header or backup make the password cheap to guess. */
export const PBKDF2_MIN_ITERATIONS = 600_000;
/** More would let the same person keep a device busy for minutes. */
export const PBKDF2_MAX_ITERATIONS = 10_000_000;
export const PBKDF2_SALT_BYTES = 32;
const OUTPUT_BYTES = 64;
const TARGET_MS = 700;

export const isAllowedIterationCount = (iterations: number): boolean =>
  Number.isSafeInteger(iterations) && iterations >= PBKDF2_MIN_ITERATIONS && iterations <= PBKDF2_MAX_ITERATIONS;

/** Password to 64 secret bytes, slowly. `stretchPassword` is the one implementation; vault tests put in a quick one. */
export type StretchPassword = (password: string, salt: Uint8Array, iterations: number) => Promise<Bytes>;

/**
 * PBKDF2-HMAC-SHA-512 over the password's NFKC form, so that it is the same on every keyboard and system.
 * @throws RangeError outside the allowed iteration counts: formats check them where they are read
 */
export const stretchPassword: StretchPassword = async (password, salt, iterations) => {
  if (!isAllowedIterationCount(iterations)) throw new RangeError('iteration count outside floor and ceiling');
  const bytes = utf8(password.normalize('NFKC'));
  const stretched = await pbkdf2HmacSha512(bytes, salt, iterations, OUTPUT_BYTES);
  purge(bytes);
  return stretched;
};

/** Runs the task and returns how many milliseconds it took. */
export type MeasureMs = (task: () => Promise<void>) => Promise<number>;

/**
 * The iteration count that takes about 700 ms here, never below the floor. Password and salt are fresh, because Firefox
 * answers repeated PBKDF2 inputs from a cache.
 */
export const calibrateIterations = async (random: RandomBytes, measureMs: MeasureMs): Promise<number> => {
  const salt = random(PBKDF2_SALT_BYTES);
  const password = random(PBKDF2_SALT_BYTES);
  const elapsedMs = await measureMs(async () => {
    await pbkdf2HmacSha512(password, salt, PBKDF2_MIN_ITERATIONS, OUTPUT_BYTES);
  });
  const wanted = Math.floor((PBKDF2_MIN_ITERATIONS * TARGET_MS) / Math.max(elapsedMs, 1));
  return Math.min(Math.max(wanted, PBKDF2_MIN_ITERATIONS), PBKDF2_MAX_ITERATIONS);
};
