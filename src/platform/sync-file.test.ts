import { describe, expect, it } from 'vitest';
import { createSyncFile, fileErrorOf, type SyncHandle } from './sync-file.ts';

const handleWith = (change: Partial<SyncHandle>): SyncHandle => ({
  read: () => 0,
  write: (bytes) => bytes.length,
  truncate: () => {},
  flush: () => {},
  getSize: () => 0,
  close: () => {},
  ...change,
});
const throwing = (name: string) => (): never => {
  throw new DOMException('in some words', name);
};
const tenBytes = new Uint8Array(10);

describe('a disk that is full', () => {
  it.each([
    ['Chromium answers its error code', () => 4294967288],
    ['Firefox writes a part', () => 4],
    ['Firefox writes nothing', () => 0],
    ['WebKit throws', throwing('QuotaExceededError')],
  ])('is `full`: %s', (_, write) => {
    expect(createSyncFile(handleWith({ write })).write(tenBytes, 0)).toEqual({ ok: false, error: { tag: 'full' } });
  });

  const firefoxThrows = (): never => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- an `nsIException`, which is no `Error`
    throw { name: 'NS_ERROR_FILE_NO_DEVICE_SPACE' };
  };
  it.each([
    ['by an error', throwing('QuotaExceededError')],
    ['by an exception of Firefox', firefoxThrows],
    ['by leaving it as it was, as Chromium does', () => {}],
  ])('is `full` when a file is extended: %s', (_, truncate) => {
    const file = createSyncFile(handleWith({ truncate }));
    expect(file.truncate(1_000)).toEqual({ ok: false, error: { tag: 'full' } });
  });

  it('is not taken for another failure of the disk', () => {
    const minusSixteen = 2 ** 32 - 16; // base::File::FILE_ERROR_IO in Chromium
    const file = createSyncFile(handleWith({ write: () => minusSixteen, read: () => minusSixteen }));
    expect(file.write(tenBytes, 0)).toEqual({ ok: false, error: { tag: 'io' } });
    expect(file.read(tenBytes, 0)).toEqual({ ok: false, error: { tag: 'io' } });
  });
});

describe('a handle that died', () => {
  it.each(['InvalidStateError', 'NotFoundError'])('is `gone`: %s', (name) => {
    const file = createSyncFile(handleWith({ flush: throwing(name), getSize: throwing(name) }));
    expect(file.flush()).toEqual({ ok: false, error: { tag: 'gone' } });
    expect(file.size()).toEqual({ ok: false, error: { tag: 'gone' } });
  });
});

it('closes its handle once, and answers `gone` afterwards', () => {
  let closed = 0;
  const file = createSyncFile(handleWith({ close: () => (closed += 1) }));
  file.close();
  file.close();
  expect(closed).toBe(1);
  expect(file.write(tenBytes, 0)).toEqual({ ok: false, error: { tag: 'gone' } });
});

it('names what opening may throw', () => {
  expect(fileErrorOf(new DOMException('', 'NoModificationAllowedError'))).toEqual({ tag: 'taken' });
  expect(fileErrorOf(new DOMException('', 'SomethingNewError'))).toEqual({ tag: 'io' });
  expect(fileErrorOf('not even an error')).toEqual({ tag: 'io' });
});
