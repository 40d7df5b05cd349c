import { h, type FunctionalComponent } from 'vue';
import { partsOf } from './message-parts.ts';

/** A message's text as nodes: what somebody wrote never becomes markup. */
export const MessageText: FunctionalComponent<{ text: string; linksAreTabStops: boolean }> = ({
  text,
  linksAreTabStops,
}) =>
  partsOf(text).map((part) => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'code':
        return h('code', part.text.slice(1, -1));
      case 'link':
        return h(
          'a',
          {
            href: part.href,
            target: '_blank',
            rel: 'noopener noreferrer',
            tabindex: linksAreTabStops ? undefined : -1,
          },
          part.text,
        );
    }
  });
MessageText.props = {
  text: { type: String, required: true },
  linksAreTabStops: { type: Boolean, required: true },
};
