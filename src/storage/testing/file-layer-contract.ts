import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileLayer, FileResult, StoredFile } from '../file-layer.ts';

export interface FileLayerUnderTest {
  readonly layer: FileLayer;
  /** A second view of the same files, as another tab or the next start has it, if the implementation can have one. */
  readonly reopen?: () => Promise<FileLayer>;
  readonly dispose?: () => Promise<void>;
}

const valueOf = <T>(result: FileResult<T>): T => {
  if (!result.ok) throw new Error(`file layer answered ${result.error.tag}`);
  return result.value;
};

const bytesFrom = (first: number, length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, index) => (first + index) % 256);

const readAll = (file: StoredFile): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(valueOf(file.size()));
  expect(valueOf(file.read(bytes, 0))).toBe(bytes.length);
  return bytes;
};

/** What every file layer must do, whatever it stands on (docs/protocol/file-layer.md). */
export const describeFileLayer = (name: string, make: () => Promise<FileLayerUnderTest>): void => {
  describe(`file layer: ${name}`, () => {
    let current: FileLayerUnderTest;
    let file: StoredFile;

    beforeEach(async () => {
      current = await make();
      file = valueOf(await current.layer.open('0', 'create'));
    });
    afterEach(async () => {
      file.close();
      await current.dispose?.();
    });

    it('does not make a file that was only asked for', async () => {
      expect(await current.layer.open('1', 'existing')).toEqual({ ok: false, error: { tag: 'gone' } });
      expect(await current.layer.open('1', 'existing')).toEqual({ ok: false, error: { tag: 'gone' } });
    });

    it('begins empty and keeps what was written', () => {
      expect(valueOf(file.size())).toBe(0);
      valueOf(file.write(bytesFrom(1, 5_000), 0));
      expect(readAll(file)).toEqual(bytesFrom(1, 5_000));
    });

    it('overwrites in the middle and touches nothing else', () => {
      valueOf(file.write(new Uint8Array(3_000).fill(7), 0));
      valueOf(file.write(bytesFrom(100, 10), 1_500));
      const bytes = readAll(file);
      expect(bytes.subarray(1_500, 1_510)).toEqual(bytesFrom(100, 10));
      expect(bytes.filter((byte) => byte === 7).length).toBe(2_990);
    });

    it('fills a gap with zeros', () => {
      valueOf(file.write(Uint8Array.of(9), 4_096));
      const bytes = readAll(file);
      expect(bytes.length).toBe(4_097);
      expect(bytes.subarray(0, 4_096).every((byte) => byte === 0)).toBe(true);
    });

    it('reads short only at the end', () => {
      valueOf(file.write(bytesFrom(0, 100), 0));
      const into = new Uint8Array(60);
      expect(valueOf(file.read(into, 70))).toBe(30);
      expect(into.subarray(0, 30)).toEqual(bytesFrom(70, 30));
      expect(valueOf(file.read(into, 100))).toBe(0);
      expect(valueOf(file.read(into, 5_000))).toBe(0);
    });

    it('cuts, and what was cut off does not come back when the file grows again', () => {
      valueOf(file.write(new Uint8Array(1_000).fill(5), 0));
      valueOf(file.truncate(10));
      expect(valueOf(file.size())).toBe(10);
      valueOf(file.truncate(20));
      valueOf(file.write(Uint8Array.of(1), 30));
      expect([...readAll(file)]).toEqual([...Array<number>(10).fill(5), ...Array<number>(20).fill(0), 1]);
    });

    it('reads and writes views into a larger buffer, as SQLite hands them over', () => {
      const heap = new Uint8Array(1_000);
      heap.set(bytesFrom(3, 100), 500);
      valueOf(file.write(heap.subarray(500, 600), 0));
      expect(valueOf(file.read(heap.subarray(0, 100), 0))).toBe(100);
      expect(heap.subarray(0, 100)).toEqual(bytesFrom(3, 100));
    });

    it('holds each file for one', async () => {
      expect(await current.layer.open('0', 'existing')).toEqual({ ok: false, error: { tag: 'taken' } });
      expect(await current.layer.open('0', 'create')).toEqual({ ok: false, error: { tag: 'taken' } });
      expect(await current.layer.remove('0')).toEqual({ ok: false, error: { tag: 'taken' } });
    });

    it('answers `gone` on a closed file, and gives it back', async () => {
      valueOf(file.write(bytesFrom(0, 10), 0));
      valueOf(file.flush());
      file.close();
      file.close();
      const gone = { ok: false, error: { tag: 'gone' } };
      expect(file.write(Uint8Array.of(1), 0)).toEqual(gone);
      expect(file.read(new Uint8Array(1), 0)).toEqual(gone);
      expect(file.truncate(0)).toEqual(gone);
      expect(file.flush()).toEqual(gone);
      expect(file.size()).toEqual(gone);
      file = valueOf(await current.layer.open('0', 'existing'));
      expect(readAll(file)).toEqual(bytesFrom(0, 10));
    });

    it('keeps files apart', async () => {
      const other = valueOf(await current.layer.open('1', 'create'));
      valueOf(other.write(bytesFrom(50, 20), 0));
      valueOf(file.write(bytesFrom(0, 20), 0));
      expect(readAll(other)).toEqual(bytesFrom(50, 20));
      other.close();
    });

    it('removes a file for good, and removing nothing is fine', async () => {
      valueOf(file.write(bytesFrom(0, 10), 0));
      file.close();
      valueOf(await current.layer.remove('0'));
      valueOf(await current.layer.remove('0'));
      expect(await current.layer.open('0', 'existing')).toEqual({ ok: false, error: { tag: 'gone' } });
    });

    it('has what was flushed and settled at the next start', async () => {
      if (current.reopen === undefined) return;
      valueOf(file.write(bytesFrom(9, 9_000), 0));
      valueOf(file.flush());
      valueOf(await current.layer.settle());
      file.close();
      const next = await current.reopen();
      file = valueOf(await next.open('0', 'existing'));
      expect(readAll(file)).toEqual(bytesFrom(9, 9_000));
    });
  });
};
