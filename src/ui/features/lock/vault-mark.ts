const SIDE = 5;
const HALF = 3;

/**
 * A small symmetric picture, as the path of an SVG of nine by nine: the same for the same vault, on every screen and in
 * every language. It is made of the vault id, which rests in clear anyway, so it tells nobody anything; two accounts
 * without a name are told apart by it.
 */
export const vaultMark = (vaultId: string): string =>
  markedCells(vaultId)
    // A little larger than a cell: no line shows between two.
    .map(([x, y]) => `M${x + 2} ${y + 2}h1.04v1.04h-1.04z`)
    .join('');

/** `[x, y]` in a square of five by five. */
export const markedCells = (vaultId: string): readonly (readonly [x: number, y: number])[] =>
  [...vaultId.slice(2, 2 + SIDE * HALF)].flatMap((digit, index) => {
    if (Number.parseInt(digit, 16) < 8) return [];
    const [x, y] = [index % HALF, Math.floor(index / HALF)];
    const mirrored = SIDE - 1 - x;
    return x === mirrored
      ? [[x, y] as const]
      : [
          [x, y],
          [mirrored, y],
        ];
  });
