/** The part of the compiler's interface that page-cipher.ts uses. */
declare const asc: {
  main(
    args: readonly string[],
    api: {
      readonly stderr: { write(chunk: unknown): void };
      writeFile(name: string, contents: Uint8Array | string): void;
    },
  ): Promise<{ readonly error: Error | null }>;
};
export default asc;
