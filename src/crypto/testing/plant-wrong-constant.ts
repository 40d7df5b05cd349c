/** The last bytes of "expand 32-byte k"'s first half, as the module writes a 64-bit constant (signed LEB128). */
const PART_OF_CONSTANT = Uint8Array.of(0xe5, 0xf0, 0xc1, 0x8b, 0xe6);

/** A build that is wrong in one bit of ChaCha20's constant: it runs, seals and opens, and nobody else can read it. */
export const plantWrongConstant = (wasm: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const at = wasm.findIndex((_, start) => PART_OF_CONSTANT.every((byte, index) => wasm[start + index] === byte));
  if (at < 0) throw new Error('the constant is not where it was: look what the compiler does now');
  return wasm.map((byte, index) => (index === at ? byte ^ 2 : byte));
};
