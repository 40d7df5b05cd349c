/**
 * Multiplies every time limit of `npm test`, for machines that are slower or busier than two idle cores: 1 unless
 * `SOTTO_PATIENCE` says otherwise. It changes when we give up, never what has to hold.
 */
export const patience = Math.max(1, Number(process.env.SOTTO_PATIENCE ?? 1) || 1);
