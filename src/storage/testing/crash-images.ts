import { MemoryFile, type FileImages } from '../file-layer-memory.ts';
import type { FileOperation } from './file-layer-faulty.ts';

/**
 * What a power cut may do with changes that were not flushed: keep all; drop all; keep some; keep some sectors of some;
 * or write one file through while another, written earlier, was not.
 */
export const CRASH_VARIANTS = ['kept', 'dropped', 'subset', 'torn', 'reordered'] as const;
export type CrashVariant = (typeof CRASH_VARIANTS)[number];

const SECTOR_BYTES = 512;

/** Answers a number from 0 (inclusive) to 1 (exclusive). */
export type Chance = () => number;

/** Walks through a log of file operations and answers the files as a crash before each of them may leave them. */
export interface CrashReplay {
  /** Operations that have happened. */
  readonly position: number;
  /** Changes that a crash may still undo. */
  readonly unflushedCount: number;
  /** Lets the next operation happen. */
  step(): void;
  images(variant: CrashVariant, chance: Chance): Map<string, Uint8Array<ArrayBuffer>>;
}

/** @param base the files before the first operation, all flushed */
export const createCrashReplay = (base: FileImages, operations: readonly FileOperation[]): CrashReplay => {
  const durable = new Map<string, MemoryFile>();
  for (const [name, bytes] of base) durable.set(name, new MemoryFile(bytes));
  let unflushed: FileOperation[] = [];
  let position = 0;

  const fileOf = (files: Map<string, MemoryFile>, name: string): MemoryFile => {
    const file = files.get(name) ?? new MemoryFile(new Uint8Array(0));
    files.set(name, file);
    return file;
  };

  return {
    get position() {
      return position;
    },
    get unflushedCount() {
      return unflushed.length;
    },
    step() {
      const operation = operations[position]!;
      position += 1;
      if (operation.kind !== 'flush') {
        unflushed.push(operation);
        return;
      }
      for (const earlier of unflushed)
        if (earlier.name === operation.name) apply(fileOf(durable, earlier.name), earlier);
      unflushed = unflushed.filter((earlier) => earlier.name !== operation.name);
    },
    images(variant, chance) {
      const files = new Map([...durable].map(([name, file]) => [name, new MemoryFile(file.copy())]));
      const names = [...new Set(unflushed.map((operation) => operation.name))];
      const through = names[Math.floor(chance() * names.length)];
      for (const operation of unflushed) {
        const file = fileOf(files, operation.name);
        if (variant === 'torn') tear(file, operation, chance);
        else if (isKept(variant, operation, through, chance)) apply(file, operation);
      }
      return new Map([...files].map(([name, file]) => [name, file.copy()]));
    },
  };
};

const isKept = (
  variant: Exclude<CrashVariant, 'torn'>,
  operation: FileOperation,
  through: string | undefined,
  chance: Chance,
): boolean => {
  switch (variant) {
    case 'kept':
      return true;
    case 'dropped':
      return false;
    case 'subset':
      return chance() < 0.5;
    case 'reordered':
      return operation.name === through;
  }
};

const apply = (file: MemoryFile, operation: FileOperation): void => {
  if (operation.kind === 'write') file.write(operation.bytes, operation.at);
  else if (operation.kind === 'truncate') file.truncate(operation.size);
};

const tear = (file: MemoryFile, operation: FileOperation, chance: Chance): void => {
  if (operation.kind !== 'write') {
    if (chance() < 0.5) apply(file, operation);
    return;
  }
  for (let offset = 0; offset < operation.bytes.length; offset += SECTOR_BYTES) {
    if (chance() < 0.5) file.write(operation.bytes.subarray(offset, offset + SECTOR_BYTES), operation.at + offset);
  }
};
