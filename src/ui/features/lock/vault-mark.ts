const SIDE = 5;
const HALF = 3;

/**
 * The filled cells of a small symmetric picture, as `[x, y]` in a square of five by five: the same for the same vault,
 * on every screen and in every language. It is made of the vault id, which rests in clear anyway, so it tells nobody
 * anything; two accounts without a name are told apart by it.
 */
export const vaultMark = (vaultId: string): readonly (readonly [x: number, y: number])[] =>
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
