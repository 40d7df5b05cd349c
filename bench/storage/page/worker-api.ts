import type { EngineName } from '../engines/bench-engine.ts';

/** What a worker was asked to execute, and what it took. */
export interface Replayed {
  readonly totalMs: number;
  /** Of each transaction. */
  readonly eachMs: readonly number[];
  /** Rows that were read: equal work gives equal numbers. */
  readonly rows: number;
}

/** Calls to the browser's file handles. */
export interface FileCalls {
  readonly writes: number;
  readonly flushes: number;
  readonly kilobytes: number;
}

/** The same page of messages, by two readers over one connection. */
export interface ReaderTimes {
  /** Through `sqlite3_column_*`, as the app reads. */
  readonly oursMs: readonly number[];
  /** Through `stmt.get([])` of the package. */
  readonly packageMs: readonly number[];
}

export interface Searched {
  /** Of the query, in the mix. */
  readonly name: string;
  readonly ms: number;
  readonly hits: number;
}

/** One engine in one worker. Recordings are named by their address. */
export interface WorkerApi {
  /** Loads the engine's WebAssembly; opens nothing. */
  load(engine: EngineName, folder: string): Promise<void>;
  /** Opens it anew and makes the schema. */
  create(schema: string): Promise<void>;
  replay(recording: string, as: 'transactions' | 'reads'): Promise<Replayed>;
  /** As `replay`, counting instead of timing. */
  countCalls(recording: string): Promise<FileCalls>;

  /** What follows needs our own connection code, and so our own or the plain engine. */
  settings(): Promise<string>;
  compareReaders(recording: string): Promise<ReaderTimes>;
  /** Stores a made-up history in a database that has none. */
  fill(messages: number): Promise<void>;
  /** Opens what stands there and reads the list of conversations and the newest page of the first one. */
  openToFirstPage(): Promise<number>;
  /** `count` other pages of 50 each time, anywhere in a history of `messages`; with `warm`, each is read once before. */
  readPages(messages: number, count: number, warm: boolean): Promise<readonly number[]>;
  /** Makes the page cache a fifth of the database. */
  shrinkCache(): Promise<void>;
  search(): Promise<readonly Searched[]>;
  /** Bytes of the engine's WebAssembly memory, which never shrinks. */
  heapBytes(): Promise<number>;
  close(): Promise<void>;
}
