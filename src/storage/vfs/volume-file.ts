/** A file as SQLite asks for it. Offsets and sizes are those of SQLite's own formats, not of what rests on disk. */
export interface VolumeFile {
  /**
   * Fills `into`. Answers `false` where the file ends before; the rest is then zeros.
   * @throws VolumeFault
   */
  read(into: Uint8Array, at: number): boolean;
  /** @throws VolumeFault */
  write(bytes: Uint8Array, at: number): void;
  /** @throws VolumeFault */
  truncate(size: number): void;
  /** @throws VolumeFault */
  sync(): void;
  size(): number;
}
