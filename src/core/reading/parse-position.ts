import { decodePosition, type TimelinePosition } from '../../domain/timeline-position.ts';
import type { Position } from '../../rpc/dto.ts';

/** @throws RangeError for anything that no message ever had: a page only hands back what it was given */
export const parsePosition = (position: Position): TimelinePosition => {
  const parsed = decodePosition(position);
  if (parsed === undefined) throw new RangeError('not a position');
  return parsed;
};
