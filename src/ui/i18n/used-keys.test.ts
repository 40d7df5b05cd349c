import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { en } from './en.ts';

const room = join(import.meta.dirname, '..');
const sources = readdirSync(room, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(?:vue|ts)$/u.test(path) && !path.startsWith('i18n') && !path.includes('.test.'))
  .map((path) => readFileSync(join(room, path), 'utf8'))
  .join('\n');

/** Families whose keys are put together from a tag: the types see to it that each one exists. */
const families =
  /^(?:error|account|delivery|failure|notice|connection|problem|search\.order|strength|settings\.(?:theme|text|key-problem)|update\.check)[.-]/u;

it('has no sentence that nobody says', () => {
  const unused = Object.keys(en).filter((key) => !families.test(key) && !sources.includes(`'${key}'`));
  expect(unused).toEqual([]);
});
