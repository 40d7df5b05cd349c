import { encode } from 'uqr';
import { h, type FunctionalComponent } from 'vue';

const QUIET_ZONE = 3;

/** One path for all dark modules: an element each would be a thousand of them. */
const pathOf = (modules: readonly (readonly boolean[])[]): string =>
  modules
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h1v1h-1z` : '')))
    .join('');

/** A QR code as vector nodes, always dark on light: many readers do not take the inverse. */
export const QrCode: FunctionalComponent<{ text: string; label: string }> = ({ text, label }) => {
  const { data } = encode(text, { ecc: 'M', border: 0 });
  const side = data.length + 2 * QUIET_ZONE;
  return h(
    'svg',
    {
      class: 'qr-code',
      viewBox: `0 0 ${side} ${side}`,
      role: 'img',
      'aria-label': label,
      'shape-rendering': 'crispEdges',
    },
    [h('rect', { width: side, height: side, fill: '#fff' }), h('path', { d: pathOf(data), fill: '#10181a' })],
  );
};
QrCode.props = { text: { type: String, required: true }, label: { type: String, required: true } };
