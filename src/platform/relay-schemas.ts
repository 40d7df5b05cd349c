import { RELAY_OPERATIONS, type RelayOperation, type RelayRequest, type RelayResponse } from '../wire/relay-api.ts';
import type { Schema } from '../wire/schema.ts';

export type RelaySchemas<Name extends RelayOperation> = {
  readonly request: Schema<RelayRequest<Name>>;
  readonly response: Schema<RelayResponse<Name>>;
};

/** What an operation sends and answers. TypeScript does not follow `Name` through the table, so this is the one cast. */
export const schemasOf = <Name extends RelayOperation>(operation: Name): RelaySchemas<Name> =>
  RELAY_OPERATIONS[operation] as unknown as RelaySchemas<Name>;
