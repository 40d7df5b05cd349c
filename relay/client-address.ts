/** Whose call this is, for the limits per address: one answer for both carriers. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * With `trustProxy` exactly one proxy is believed: the last entry of `X-Forwarded-For` is what it saw and wrote. All
 * entries before it came with the request, so whoever asks could have made them up.
 */
export const clientAddressOf = (
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  { trustProxy }: { readonly trustProxy: boolean },
): string => {
  const direct = request.socket.remoteAddress ?? '';
  if (!trustProxy) return direct;
  const last = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return last !== undefined && isIP(last) !== 0 ? last : direct;
};
