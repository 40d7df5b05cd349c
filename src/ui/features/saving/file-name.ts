import { cleanName, utf8Length } from '../../../domain/names.ts';

/** Refused or read as something else by Windows, macOS or a shell. */
const UNSAFE = /[\\/:*?"<>|~%#$&'`!{}@+=^;,]/gu;
/** Of a title. File systems take 255 bytes; a browser that counts a copy adds some. */
const TITLE_BYTES = 120;

/** A name that every file system takes: `Sotto Ada 2026-11-26.html`. The day is the reader's own. */
export const fileName = (title: string, savedAtMs: number, extension: string): string => {
  const words = cutTo(TITLE_BYTES, cleanName(title).replace(UNSAFE, ' ')).split(/[\s.]+/u);
  const at = new Date(savedAtMs);
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return `${['Sotto', ...words, day].filter((word) => word !== '').join(' ')}.${extension}`;
};

/** Between two graphemes. */
const cutTo = (bytes: number, text: string): string => {
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (utf8Length(cut + segment) > bytes) break;
    cut += segment;
  }
  return cut;
};
