import type { Database } from '../database.ts';
import { firstSchema } from '../migrations/0001-first-schema.ts';

/**
 * Takes everything out of a database that came after schema 1, so that the next opening migrates it. What is left is
 * compared with the first migration: a later one that is forgotten here is told at once.
 *
 * @throws Error where something else is left
 */
export const toSchema1 = (db: Database): void => {
  const wanted = db.transaction(() => {
    const known = new Set(firstSchema.statements.map(nameOf));
    const later = db
      .rows<{ type: string; name: string }>(`SELECT type, name FROM sqlite_schema WHERE sql IS NOT NULL`)
      .filter(({ name }) => !known.has(name) && name !== 'schema_version' && !name.startsWith('message_text_'));
    for (const type of ['trigger', 'index', 'table']) {
      for (const { name } of later.filter((item) => item.type === type && !isShadow(item.name))) {
        db.run(`DROP ${type} ${name}`);
      }
    }
    db.run(`DELETE FROM counters WHERE name IN ('index-from', 'index-to', 'messages')`);
    db.run('UPDATE schema_version SET format = 1, min_reader = 1');
    return known;
  });
  if (!wanted.ok) throw new Error(wanted.error.tag);
};

const nameOf = (statement: string): string | undefined =>
  /CREATE (?:VIRTUAL TABLE|UNIQUE INDEX|TABLE|INDEX) (\w+)/u.exec(statement)?.[1];

/** Tables of FTS5, which go with the table that they belong to. */
const isShadow = (name: string): boolean => name.startsWith('message_index_');
