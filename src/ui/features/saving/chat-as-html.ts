import type { Message } from '../../../rpc/dto.ts';
import { balanced } from '../../i18n/bidi.ts';
import { dayKeyOf } from '../../i18n/dates.ts';
import { dates, locale, t } from '../../i18n/language.ts';
import { partsOf } from '../conversation/message-parts.ts';
import type { ChatFormat } from './saved-chat.ts';

/** Nothing runs and nothing is fetched, whatever somebody wrote: the file is opened outside of Sotto. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: .85rem; margin: 2rem 0 .75rem; text-align: center; opacity: .7; }
header p, .by, .notice { font-size: .85rem; opacity: .7; margin: 0; }
article { margin: 0 0 .9rem; padding-inline-start: .75rem; border-inline-start: 3px solid #8883; }
article.mine { border-inline-start-color: #1a7a83; }
.by b { font-weight: 650; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.notice { text-align: center; margin: 1rem 0; }
`;

/** For people: one page that any browser opens, and that holds everything it shows. */
export const chatAsHtml: ChatFormat = {
  mediaType: 'text/html',
  extension: 'html',
  begin: ({ conversation, savedAtMs, count }) => {
    const title = escaped(t('saving.file-title', { name: conversation.title }));
    const saved = escaped(t('saving.file-saved', { when: dates().full(savedAtMs), count }));
    return `<!doctype html>
<html lang="${escaped(locale())}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1 dir="auto">${title}</h1><p>${saved}</p></header>
<main>
`;
  },
  messages: (messages, before) =>
    messages
      .map((message, index) => dayBefore(message, index > 0 ? messages[index - 1] : before) + toHtml(message))
      .join(''),
  end: () => '</main>\n</body>\n</html>\n',
};

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/gu, (sign) => SIGNS[sign] ?? sign);

/** A day is named in full: the file is read on other days than today. */
const dayBefore = ({ shownAtMs }: Message, before: Message | undefined): string =>
  before !== undefined && dayKeyOf(before.shownAtMs) === dayKeyOf(shownAtMs)
    ? ''
    : `<h2>${escaped(dates().date(shownAtMs))}</h2>\n`;

const timeOf = (atMs: number, shown: string): string =>
  `<time datetime="${new Date(atMs).toISOString()}">${escaped(shown)}</time>`;

const toHtml = (message: Message): string => {
  const { author, body, shownAtMs } = message;
  if (body.kind === 'notice') {
    return `<p class="notice">${escaped(t(`notice.${body.notice}`))} ${timeOf(shownAtMs, dates().time(shownAtMs))}</p>\n`;
  }
  const text =
    body.kind === 'text'
      ? `<div class="text" dir="auto">${linked(balanced(body.text))}</div>`
      : `<p class="notice">${escaped(t('chat.unknown-body'))}</p>`;
  return `<article${author.isMe ? ' class="mine"' : ''}><p class="by"><b><bdi>${escaped(author.name)}</bdi></b> ${details(message)}</p>${text}</article>\n`;
};

const details = ({ shownAtMs, sentEarlierAtMs, delivery, failure }: Message): string => {
  const earlier = sentEarlierAtMs === undefined ? '' : t('chat.written-at', { when: dates().full(sentEarlierAtMs) });
  const said =
    failure !== undefined ? t(`failure.${failure}`) : delivery === undefined ? '' : t(`delivery.${delivery}`);
  const rest = [earlier, said].filter((part) => part !== '').map((part) => ` · ${escaped(part)}`);
  return timeOf(shownAtMs, dates().time(shownAtMs)) + rest.join('');
};

const linked = (text: string): string =>
  partsOf(text)
    .map((part) =>
      part.kind === 'link'
        ? `<a href="${escaped(part.href)}" rel="noopener noreferrer">${escaped(part.text)}</a>`
        : escaped(part.text),
    )
    .join('');
