import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRelayProcess } from '../../relay/testing/relay-process.ts';

/** A relay process with an empty database that serves `distDir`; gone with everything it stored when disposed of. */
export const withRelay = async (distDir: string): Promise<{ readonly url: string } & AsyncDisposable> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sotto-bench-'));
  const relay = await startRelayProcess({ dataDir, distDir });
  return {
    url: relay.url,
    async [Symbol.asyncDispose]() {
      await relay.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};
