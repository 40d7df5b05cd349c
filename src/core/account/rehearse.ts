import { bytesToHex, type ConversationId, type VaultId } from '../../domain/ids.ts';
import type { RandomBytes } from '../../domain/ports.ts';
import type { PageKey } from '../../crypto/keys.ts';
import type { Database } from '../../storage/database.ts';
import { createMemoryFileLayer } from '../../storage/file-layer-memory.ts';
import { createDatabase, openDatabase } from '../../storage/open-database.ts';
import type { CoreDeps } from '../deps.ts';
import { readAhead } from '../reading/read-ahead.ts';
import { createRepositories } from '../repositories.ts';

const CHATS = 24;
const nobody = '0'.repeat(32) as VaultId;

/**
 * Loads the engine, and does what opening an account does, with a database in memory that is thrown away. Scripts
 * and WebAssembly are compiled when they run for the first time; done while a password is typed, nobody waits for it.
 */
export const rehearse = async (deps: Pick<CoreDeps, 'random' | 'createPageCipher' | 'loadSqlite'>): Promise<void> => {
  const { random, createPageCipher: createCipher } = deps;
  const database = { layer: createMemoryFileLayer(), createCipher, random, engine: await deps.loadSqlite() };
  const options = { vaultId: nobody, pageKey: random(32) as PageKey, keyEpoch: 1 };
  const made = await createDatabase(database, options);
  if (!made.ok) throw new Error(`a database in memory was not made: ${made.error.tag}`);
  fill(made.value, random);
  made.value.close();
  const opened = await openDatabase(database, options);
  if (!opened.ok) throw new Error(`a database in memory did not open: ${opened.error.tag}`);
  readAhead(createRepositories(opened.value));
  opened.value.close();
};

/** A screenful of chats. */
const fill = (db: Database, random: RandomBytes): void => {
  const { conversations } = createRepositories(db);
  const draw = <Id extends string>(): Id => bytesToHex(random(16)) as Id;
  const filled = db.transaction(() => {
    for (let chat = 0; chat < CHATS; chat += 1) {
      const conversationId = draw<ConversationId>();
      conversations.create({
        ...{ conversationId, kind: 'group', state: 'active', title: 'Rehearsal', peer: undefined, generation: 0 },
        ...{ groupId: undefined, createdAtMs: chat },
      });
      conversations.setDraft(conversationId, 'A line as long as most are', chat);
    }
  });
  if (!filled.ok) throw new Error(`a database in memory is full: ${filled.error.tag}`);
};
