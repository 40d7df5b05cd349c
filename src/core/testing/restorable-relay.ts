/**
 * A relay whose data is a file, of which a backup is made while it runs, as an operator would, and put back later under a
 * new incarnation. To its clients it is one relay all the time: the same address, the same key.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { randomBytes } from '../../../relay/platform.ts';
import { createRelayKey, generateRelayKeyBytes } from '../../../relay/relay-key.ts';
import { createTestRelay, type TestRelay } from '../../../relay/testing/in-process-relay.ts';
import { err } from '../../domain/result.ts';
import type { RelayPort, RelaySocket } from '../../sync/transport.ts';
import { createRelayInProcess } from './relay-in-process.ts';

export type Backup = { readonly file: string };

export type RestorableRelay = {
  readonly port: RelayPort;
  readonly nowMs: () => number;
  readonly moveClock: (byMs: number) => void;
  readonly backUp: () => Backup;
  /** Calls that are open get no answer, sockets close, and what came after the backup is gone. */
  readonly restore: (backup: Backup) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const createRestorableRelay = (): RestorableRelay => {
  const directory = mkdtempSync(join(tmpdir(), 'sotto-relay-'));
  const key = createRelayKey(generateRelayKeyBytes(randomBytes));
  const sockets = new Set<RelaySocket>();
  let [file, backups, files] = [join(directory, 'relay-0.sqlite'), 0, 0];
  let relay: TestRelay = createTestRelay({ key, file });
  let port: RelayPort | undefined = createRelayInProcess(relay);
  const offline = err({ tag: 'offline' } as const);

  return {
    port: {
      async call(operation, request, session) {
        const asked = port;
        const answer = (await asked?.call(operation, request, session)) ?? offline;
        return port === asked ? answer : offline;
      },
      openSocket(handlers) {
        const asked = port;
        if (asked === undefined) {
          queueMicrotask(handlers.onClose);
          return { call: async () => offline, close: () => undefined };
        }
        const socket = asked.openSocket(handlers);
        const own: RelaySocket = {
          async call(operation, request) {
            const answer = await socket.call(operation, request);
            return port === asked ? answer : offline;
          },
          close() {
            sockets.delete(own);
            socket.close();
          },
        };
        sockets.add(own);
        return own;
      },
    },
    nowMs: () => relay.nowMs(),
    moveClock: (byMs) => relay.moveClock(byMs),
    backUp() {
      const backup = { file: join(directory, `backup-${String((backups += 1))}.sqlite`) };
      const reader = new DatabaseSync(file);
      reader.exec(`VACUUM INTO '${backup.file}'`);
      reader.close();
      return backup;
    },
    async restore(backup) {
      port = undefined;
      for (const socket of sockets) socket.close();
      await relay.close();
      file = join(directory, `relay-${String((files += 1))}.sqlite`);
      copyFileSync(backup.file, file);
      relay = createTestRelay({ key, file, restored: true, startMs: relay.nowMs() });
      port = createRelayInProcess(relay);
    },
    async close() {
      await relay.close();
      rmSync(directory, { recursive: true });
    },
  };
};
