/** Written into the build by vite.config.ts. */
declare const SOTTO_VERSION: string;
