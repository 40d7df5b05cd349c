import type { CoreApi } from '../../rpc/core-api.ts';

type TagOfAnswer<Answer> = Answer extends { readonly ok: false; readonly error: { readonly tag: infer Tag } }
  ? Tag
  : never;
type TagOfMethod<Method> = Method extends (...input: never[]) => Promise<infer Answer> ? TagOfAnswer<Answer> : never;

/** Every expected failure that any method of the core can answer. A new one does not compile without its sentence. */
export type ErrorTag = Extract<{ [Method in keyof CoreApi]: TagOfMethod<CoreApi[Method]> }[keyof CoreApi], string>;
