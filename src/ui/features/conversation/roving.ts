/** Moves the focus among the rows of a list with the arrow keys, Home and End. Bound to the list's keydown. */
export const moveFocus = (event: KeyboardEvent, selector: string): void => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const list = event.currentTarget as HTMLElement;
  const rows = [...list.querySelectorAll<HTMLElement>(selector)];
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at < 0) return;
  const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows.at(-1) }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
};
