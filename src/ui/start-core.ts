import { connectCore } from '../tabs/connect-core.ts';

/** Imported first: the worker starts while the rest of the page is still being evaluated. */
export const core = connectCore();
