import type { DatabaseFailure } from './database.ts';
import type { FileLayerError } from './file-layer.ts';

/** Why a database was not opened. Each has its own sentence on screen, and none is answered by making a new one. */
export type OpenFailure =
  /** There is no database here: never made, evicted by the browser, or deleted. */
  | { readonly tag: 'missing' }
  /** Making it was interrupted before anything was stored in it: it may be made again. */
  | { readonly tag: 'unfinished' }
  /** Whole, but sealed under another key than the one given. */
  | { readonly tag: 'wrong-key' }
  /** It belongs to another vault: files were mixed up or put there. */
  | { readonly tag: 'wrong-vault' }
  /** Written by a version of the app that this one cannot read. */
  | { readonly tag: 'newer-format'; readonly minReader: number }
  /** `damaged`: not as we wrote it, or half of it lost. `taken`: somebody else has it open. `full`, `io`, `gone`. */
  | DatabaseFailure
  | FileLayerError;

export type CreateFailure =
  /** Bytes of a database stand here. They are never overwritten. */
  { readonly tag: 'exists' } | DatabaseFailure | FileLayerError;
