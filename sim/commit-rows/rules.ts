/**
 * The rules of docs/protocol/groups.md that the model can do without, one at a time, so that each can be seen to be
 * needed.
 */
export const RULES = {
  /** A row lives while a recipient stands on it, however long ago it was made. */
  pins: true,
  /** A message names the newest row seen and goes to its own base; else it had to be based on the newest, good or bad. */
  messagesNameHead: true,
  /** A commit whose head or base is unknown is held, not skipped. */
  hold: true,
  /** A device that is added again joins the branch that most others stand on. */
  provisional: true,
  /** After a restore of the relay, devices bring back the rows that it lost. */
  reoffer: true,
  /** After a restore, no handshake is taken until everybody reported, or a day passed. */
  freeze: true,
  /** A handshake that nobody but its author has seen does not expire. */
  keepUnseen: true,
};
export type Rules = Readonly<Record<keyof typeof RULES, boolean>>;

export const UNPINNED_ROW_DAYS = 90;
