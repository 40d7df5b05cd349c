import { expect, it } from 'vitest';
import { createNoblePageCipher } from '../../crypto/page-cipher-noble.ts';
import { loadSqliteEngine } from '../../storage/sqlite/engine.ts';
import { rehearse } from './rehearse.ts';

it('opens and reads a database of nobody, and wipes its keys', async () => {
  const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  let inUse = 0;
  const deps = {
    random,
    loadSqlite: loadSqliteEngine,
    createPageCipher: (key: Parameters<typeof createNoblePageCipher>[1]['key']) => {
      const cipher = createNoblePageCipher({ random }, { key });
      inUse += 1;
      return {
        ...cipher,
        destroy() {
          inUse -= 1;
          cipher.destroy();
        },
      };
    },
  };
  await rehearse(deps);
  await rehearse(deps);
  expect(inUse).toBe(0);
});
