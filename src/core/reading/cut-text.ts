import { utf8Length } from '../../domain/names.ts';

/** The longest beginning of `text` that takes no more than `maxBytes` in UTF-8. */
export const cutText = (text: string, maxBytes: number): string => {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) return text.slice(0, end);
    end += character.length;
  }
  return text;
};
