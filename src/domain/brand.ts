declare const brand: unique symbol;

/** A nominal type: `Brand<Uint8Array, 'PageKey'>` is a `Uint8Array` that nothing else can be mistaken for. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
