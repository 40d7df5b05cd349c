import { createScratchFile } from './scratch-file.ts';
import type { Pointer, SqliteBinding } from './sqlite-binding.ts';
import type { VolumeFile } from './volume-file.ts';
import { VolumeFault } from './volume-fault.ts';
import type { Volume } from './volume.ts';

export const VFS_NAME = 'sotto';

const LOG_SUFFIX = '-wal';
const SECTOR_BYTES = 4_096;

/** Shows volumes to SQLite as files. */
export interface SqliteVfs {
  /** Answers the file name under which SQLite finds the volume. It leads nowhere outside this worker. */
  mount(volume: Volume): string;
  unmount(name: string): void;
}

interface OpenFile {
  readonly file: VolumeFile;
  /** Absent for scratch files, which cannot fail. */
  readonly volume: Volume | undefined;
}

/**
 * The one edge between SQLite and our files: pointers become byte views, faults become result codes (and are kept on
 * the volume, because a code says little). Only the database and its log are stored; everything else that SQLite
 * opens (sorting, statement journals) lives in memory.
 *
 * Locks are no-ops: a volume's files are held exclusively by this worker (docs/protocol/file-layer.md).
 */
export const createSqliteVfs = ({ capi, wasm, vfs }: SqliteBinding): SqliteVfs => {
  const volumes = new Map<string, Volume>();
  const openFiles = new Map<Pointer, OpenFile>();
  let mounted = 0;

  const view = (pointer: Pointer, length: number): Uint8Array => wasm.heap8u().subarray(pointer, pointer + length);

  const codeOf = (fault: VolumeFault): number => {
    switch (fault.failure.tag) {
      case 'full':
        return capi.SQLITE_FULL;
      case 'damaged':
        return capi.SQLITE_IOERR_DATA;
      case 'io':
      case 'gone':
        return capi.SQLITE_IOERR;
    }
  };

  /** Exceptions must not pass through C. What is not a fault is a bug, and is kept for the caller to throw. */
  const guard = (volume: Volume | undefined, work: () => number): number => {
    try {
      return work();
    } catch (thrown) {
      if (volume === undefined) return capi.SQLITE_IOERR;
      if (!(thrown instanceof VolumeFault)) {
        volume.bug = thrown instanceof Error ? thrown : new Error(String(thrown));
        return capi.SQLITE_IOERR;
      }
      volume.failure = thrown.failure;
      return codeOf(thrown);
    }
  };

  const onFile = (pointer: Pointer, work: (file: VolumeFile) => number): number => {
    const open = openFiles.get(pointer);
    return open === undefined ? capi.SQLITE_IOERR : guard(open.volume, () => work(open.file));
  };

  const volumeOf = (name: string): Volume | undefined =>
    volumes.get(name.endsWith(LOG_SUFFIX) ? name.slice(0, -LOG_SUFFIX.length) : name);

  const methods = new capi.sqlite3_io_methods();
  // Version 1 has no shared memory: the log's index lives in SQLite's heap, which asks for exclusive locking.
  methods.$iVersion = 1;
  const structure = new capi.sqlite3_vfs();
  const standard = new capi.sqlite3_vfs(capi.sqlite3_vfs_find(null));
  structure.$iVersion = 2;
  structure.$szOsFile = capi.sqlite3_file.structInfo.sizeof;
  structure.$mxPathname = 64;
  structure.$xRandomness = standard.$xRandomness;
  structure.$xSleep = standard.$xSleep;
  structure.$xCurrentTime = standard.$xCurrentTime;
  structure.$xCurrentTimeInt64 = standard.$xCurrentTimeInt64;

  vfs.installVfs({
    io: {
      struct: methods,
      methods: {
        xClose(pointer) {
          openFiles.delete(pointer);
          return 0;
        },
        xRead: (pointer, into, length, at) =>
          onFile(pointer, (file) => (file.read(view(into, length), Number(at)) ? 0 : capi.SQLITE_IOERR_SHORT_READ)),
        xWrite: (pointer, from, length, at) =>
          onFile(pointer, (file) => {
            file.write(view(from, length), Number(at));
            return 0;
          }),
        xTruncate: (pointer, size) =>
          onFile(pointer, (file) => {
            file.truncate(Number(size));
            return 0;
          }),
        xSync: (pointer) =>
          onFile(pointer, (file) => {
            file.sync();
            return 0;
          }),
        xFileSize: (pointer, out) =>
          onFile(pointer, (file) => {
            wasm.poke64(out, BigInt(file.size()));
            return 0;
          }),
        xLock: () => 0,
        xUnlock: () => 0,
        xCheckReservedLock(_pointer, out) {
          wasm.poke32(out, 0);
          return 0;
        },
        xFileControl: () => capi.SQLITE_NOTFOUND,
        xSectorSize: () => SECTOR_BYTES,
        // SEQUENTIAL spares the flush of a log header before its frames; what it guards against, an old header in
        // front of new frames, cannot happen here: the old header's key is gone before the new one is written.
        xDeviceCharacteristics: () =>
          capi.SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN |
          capi.SQLITE_IOCAP_POWERSAFE_OVERWRITE |
          capi.SQLITE_IOCAP_SEQUENTIAL,
      },
    },
    vfs: {
      struct: structure,
      name: VFS_NAME,
      methods: {
        xOpen(_vfs, namePointer, pointer, flags, outFlags) {
          const name = namePointer ? wasm.cstrToJs(namePointer) : null;
          const volume = name === null ? undefined : volumeOf(name);
          let file: VolumeFile;
          if (flags & capi.SQLITE_OPEN_MAIN_DB) {
            if (volume === undefined) return capi.SQLITE_CANTOPEN;
            file = volume.main;
          } else if (flags & capi.SQLITE_OPEN_WAL) {
            if (volume === undefined) return capi.SQLITE_CANTOPEN;
            file = volume.log;
          } else {
            file = createScratchFile();
          }
          openFiles.set(pointer, { file, volume });
          const handle = new capi.sqlite3_file(pointer);
          handle.$pMethods = methods.pointer;
          handle.dispose();
          if (outFlags) wasm.poke32(outFlags, flags);
          return 0;
        },
        xDelete(_vfs, namePointer) {
          const name = wasm.cstrToJs(namePointer) ?? '';
          const volume = name.endsWith(LOG_SUFFIX) ? volumeOf(name) : undefined;
          return guard(volume, () => {
            volume?.deleteLog();
            return 0;
          });
        },
        xAccess(_vfs, namePointer, _flags, out) {
          const name = wasm.cstrToJs(namePointer) ?? '';
          const volume = volumeOf(name);
          return guard(volume, () => {
            const file = name.endsWith(LOG_SUFFIX) ? volume?.log : volume?.main;
            wasm.poke32(out, file !== undefined && file.size() > 0 ? 1 : 0);
            return 0;
          });
        },
        xFullPathname: (_vfs, name, length, out) =>
          wasm.cstrncpy(out, name, length) < length ? 0 : capi.SQLITE_CANTOPEN,
        xGetLastError: () => 0,
      },
    },
  });
  standard.dispose();

  return {
    mount(volume) {
      mounted += 1;
      const name = `/${mounted}`;
      volumes.set(name, volume);
      return name;
    },
    unmount(name) {
      volumes.delete(name);
    },
  };
};
