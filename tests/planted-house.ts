import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * A copy of the house without its furniture: the real configuration of every gate, and in every room one small file.
 * A violation is planted here, never in the working tree, and each gate is run as `npm run verify` runs it.
 */
export interface PlantedHouse {
  readonly rooms: readonly string[];
  plant(file: string, text: string): void;
  remove(file: string): void;
  /** Runs a tool of node_modules in the house; `output` is everything that it printed, `answer` without its complaints. */
  run(tool: string, ...args: string[]): { code: number | null; answer: string; output: string };
  demolish(): void;
}

const root = path.resolve(import.meta.dirname, '..');
const sharedFiles = ['tsconfig.json', 'tsconfig.base.json', 'tsconfig.tests.json', 'types', 'package.json'];
const gateFiles = ['eslint.config.js', '.dependency-cruiser.mjs', 'knip.json', '.prettierrc.json', '.prettierignore'];

export function buildHouse(): PlantedHouse {
  const house = mkdtempSync(path.join(tmpdir(), 'sotto-house-'));
  for (const file of [...sharedFiles, ...gateFiles]) {
    cpSync(path.join(root, file), path.join(house, file), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(house, 'node_modules'));
  const rooms = readdirSync(path.join(root, 'src')).map((name) => `src/${name}`);
  const plant = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(house, file)), { recursive: true });
    writeFileSync(path.join(house, file), text);
  };
  for (const room of [...rooms, 'relay']) {
    cpSync(path.join(root, room, 'tsconfig.json'), path.join(house, room, 'tsconfig.json'));
    plant(`${room}/furniture.ts`, `export const chair = '${room}';\n`);
  }
  plant('tests/furniture.ts', 'export const table = 1;\n');
  return {
    rooms,
    plant,
    remove: (file) => {
      rmSync(path.join(house, file));
    },
    run: (tool, ...args) => {
      const script = path.join(root, 'node_modules', tool);
      const result = spawnSync(process.execPath, [script, ...args], { cwd: house, encoding: 'utf8' });
      return { code: result.status, answer: result.stdout, output: result.stdout + result.stderr };
    },
    demolish: () => {
      rmSync(house, { recursive: true, force: true });
    },
  };
}
