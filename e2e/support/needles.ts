/** The forms in which a secret could lie about in a file or on a wire. */

export type Needle = { readonly name: string; readonly forms: readonly Buffer[] };

export const textNeedle = (text: string): Needle => ({
  name: text,
  forms: [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le'), ...base64Forms(Buffer.from(text, 'utf8'))],
});

export const keyNeedle = (name: string, key: Uint8Array): Needle => {
  const bytes = Buffer.from(key);
  const hex = bytes.toString('hex');
  return { name, forms: [bytes, Buffer.from(hex), Buffer.from(hex.toUpperCase()), ...base64Forms(bytes)] };
};

/** Base64 groups three bytes, so one secret has three spellings; the characters at its edges depend on neighbours. */
const base64Forms = (bytes: Buffer): Buffer[] =>
  [0, 1, 2].flatMap((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = shifted.slice(offset === 0 ? 0 : offset + 1, -2);
    return [Buffer.from(inner), Buffer.from(inner.replaceAll('+', '-').replaceAll('/', '_'))];
  });

export const findNeedles = (
  places: readonly { readonly path: string; readonly bytes: Buffer }[],
  needles: readonly Needle[],
): string[] =>
  places.flatMap(({ path, bytes }) =>
    needles.filter(({ forms }) => forms.some((form) => bytes.includes(form))).map(({ name }) => `${name} in ${path}`),
  );
