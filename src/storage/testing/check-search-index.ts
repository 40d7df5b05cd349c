import type { Database } from '../database.ts';
import { tokensOf } from '../search/tokens.ts';

/** What the search index says that the messages do not, or the other way round, in words; `undefined` if nothing. */
export const checkSearchIndex = (db: Database): string | undefined => {
  db.run(`INSERT INTO message_index (message_index) VALUES ('integrity-check')`);
  db.run(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.index_words USING fts5vocab (main, message_index, instance)`);
  const held = db.rows<{ entry: string }>(`SELECT doc || ' ' || term AS entry FROM temp.index_words`);
  const wanted = db.rows<{ arrival: number; conversation: number; text: string }>(
    `SELECT arrival, conversation, text FROM messages WHERE text IS NOT NULL
      AND arrival > (SELECT value FROM counters WHERE name = 'index-from')
      AND arrival <= (SELECT value FROM counters WHERE name = 'index-to')`,
  );
  const missing = new Set(
    wanted.flatMap(({ arrival, conversation, text }) =>
      tokensOf(text, conversation)
        .split(' ')
        .map((token) => `${arrival} ${token}`),
    ),
  );
  const left = held.filter(({ entry }) => !missing.delete(entry));
  if (left.length > 0) return `in the index without a message: ${left[0]?.entry}`;
  return missing.size > 0 ? `not in the index: ${[...missing][0]}` : undefined;
};
