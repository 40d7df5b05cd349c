import { cleanName } from '../../../domain/names.ts';

/** Refused or read as something else by Windows, macOS or a shell. */
const UNSAFE = /[\\/:*?"<>|~%#$&'`!{}@+=^;,]/gu;
/** Of a title: file systems take 255 bytes, and the rest of the name has to fit, too. */
const TITLE_GRAPHEMES = 40;

/** A name that every file system takes: `Sotto Ada 2026-11-26.html`. The day is the reader's own. */
export const fileName = (title: string, savedAtMs: number, extension: string): string => {
  const graphemes = [...new Intl.Segmenter().segment(cleanName(title).replace(UNSAFE, ' '))];
  const short = graphemes
    .slice(0, TITLE_GRAPHEMES)
    .map(({ segment }) => segment)
    .join('');
  const at = new Date(savedAtMs);
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
  return `${['Sotto', ...short.split(/[\s.]+/u), day].filter((word) => word !== '').join(' ')}.${extension}`;
};
