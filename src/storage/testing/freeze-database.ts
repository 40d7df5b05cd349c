/**
 * Writes the frozen sample of the present format: `node src/storage/testing/freeze-database.ts`. Run once for each
 * format version, when it is released; the files it made are never made again.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createMemoryFileLayer } from '../file-layer-memory.ts';
import { SCHEMA_FORMAT } from '../migrations/migrate.ts';
import { FILE_FORMAT } from '../vfs/layout.ts';
import { createTestDatabase, openTestDatabase } from './storage-fixture.ts';
import { frozenContent, frozenSearch } from './frozen-content.ts';
import { createWorkload } from './workload.ts';

const layer = createMemoryFileLayer();
const first = await createTestDatabase(layer);
const early = createWorkload(first, 1);
early.prepare();
early.receive(5);
// Puts what came into the index, which is frozen too.
frozenSearch(first);
first.close();
// The rest stays in the log, as after a crash: the log's format is frozen too.
const db = await openTestDatabase(layer);
const late = createWorkload(db, 2, 2);
for (let count = 0; count < 3; count += 1) late.send();

const folder = new URL(`./frozen/files-${FILE_FORMAT}-schema-${SCHEMA_FORMAT}/`, import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of layer.images()) writeFileSync(new URL(name, folder), bytes);
writeFileSync(new URL('content.json', folder), `${JSON.stringify(frozenContent(db), undefined, 2)}\n`);
writeFileSync(new URL('search.json', folder), `${JSON.stringify(frozenSearch(db), undefined, 2)}\n`);
