/**
 * Expected failures are values. A function that can fail for a reason its caller must handle returns a
 * `Result` whose error is a plain tagged object from a closed union; a throw is a bug.
 */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });
