/**
 * WebCrypto says "this input is not authentic" or "this is not a key" by throwing, in each engine with these two names.
 * Anything else it throws (a wrong usage, a wrong type) is a bug of ours and must not pass for a bad input.
 */
export const isSubtleRefusal = (error: unknown): boolean => {
  const name = (error as { readonly name?: unknown } | undefined)?.name;
  return name === 'OperationError' || name === 'DataError';
};
