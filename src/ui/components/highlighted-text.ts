import { h, type FunctionalComponent } from 'vue';

/** Text around a match: every second part, from the second on, is what was searched for. */
export const HighlightedText: FunctionalComponent<{ parts: readonly string[] }> = ({ parts }) =>
  parts.map((part, index) => (index % 2 === 1 ? h('mark', part) : part));
HighlightedText.props = { parts: { type: Array, required: true } };
