/** One step of the schema, in a file of its own that is never changed once it was released. */
export interface Migration {
  readonly version: number;
  /** The oldest release that reads and writes the result correctly. */
  readonly minReader: number;
  readonly statements: readonly string[];
}
