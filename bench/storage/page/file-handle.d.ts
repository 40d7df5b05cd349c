/** The part of the browser's file handles that is counted. The page's library does not know them: workers do. */
declare class FileSystemSyncAccessHandle {
  write(bytes: BufferSource, options?: { readonly at?: number }): number;
  flush(): void;
}
