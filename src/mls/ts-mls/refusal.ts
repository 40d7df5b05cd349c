import { MlsError } from 'ts-mls/mlsError.js';

/**
 * ts-mls speaks by throwing; inside this folder we do too, and every public method catches once. A refusal is a verdict
 * on bytes that came from outside. Anything else that is thrown is a bug, or the engine going down, and passes through.
 */
export class Refusal extends Error {}

export const refuse = (detail: string): never => {
  throw new Refusal(detail);
};

/** Decoders of ts-mls also trip over hostile lengths with these. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Refusal || error instanceof MlsError || error instanceof TypeError || error instanceof RangeError;

/** `undefined` where `read` refuses its input. */
export const ifReadable = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
};

/** `undefined` where `task` refuses its input. */
export const unlessRefused = async <T>(task: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await task();
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
};
