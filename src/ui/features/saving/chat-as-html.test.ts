import { describe, expect, it } from 'vitest';
import { chatAsHtml } from './chat-as-html.ts';
import { byMe, conversationId, someMessage } from './testing/some-messages.ts';

const headOf = (title: string) =>
  chatAsHtml.begin({
    conversation: { conversationId, kind: 'direct', title },
    me: { accountId: undefined, name: 'Bo' },
    savedAtMs: 1_795_000_000_000,
    count: 2,
  });
const EVIL = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;
/** Of everything that may be read as markup, what this format writes itself. */
const tags = (html: string): readonly string[] =>
  [...html.matchAll(/<\/?([a-z]+[0-9]?)/giu)].map(([, tag]) => tag ?? '');

describe('a chat saved to be read', () => {
  it('makes no markup of what people wrote', () => {
    const author = { ...someMessage(1).author, name: EVIL };
    const html = chatAsHtml.messages([someMessage(1, { author, body: { kind: 'text', text: EVIL } })], undefined);
    expect(new Set(tags(html))).toEqual(new Set(['h2', 'article', 'p', 'b', 'bdi', 'time', 'div']));
    expect(html).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('&amp;amp;');
    expect(new Set(tags(headOf(EVIL)))).toEqual(
      new Set(['html', 'head', 'meta', 'title', 'style', 'body', 'header', 'h1', 'p', 'main']),
    );
  });

  it('lets nothing run or be fetched', () => {
    expect(headOf('Ada')).toContain(`default-src 'none'`);
  });

  it('makes links of addresses, and of nothing that only looks like one', () => {
    const text = 'see https://example.org/?a=1&b="2" and javascript:alert(1)';
    const html = chatAsHtml.messages([someMessage(1, { body: { kind: 'text', text } })], undefined);
    expect(html).toContain('<a href="https://example.org/?a=1&amp;b=" rel="noopener noreferrer">');
    expect(html.match(/<a /gu)).toHaveLength(1);
  });

  it('names each day once, also where the pages that were read meet', () => {
    const day = 144; // messages ten minutes apart
    const days = (html: string) => html.match(/<h2>/gu)?.length ?? 0;
    expect(days(chatAsHtml.messages([someMessage(1), someMessage(2), someMessage(2 + day)], undefined))).toBe(2);
    expect(days(chatAsHtml.messages([someMessage(2)], someMessage(1)))).toBe(0);
    expect(days(chatAsHtml.messages([someMessage(1 + day)], someMessage(1)))).toBe(1);
  });

  it('says what became of own messages, and what the app wrote', () => {
    const failed = someMessage(1, { author: byMe, delivery: 'failed', failure: 'expired' });
    const notice = someMessage(2, { body: { kind: 'notice', notice: 'new-device' } });
    const unknown = someMessage(3, { body: { kind: 'unknown' } });
    const html = chatAsHtml.messages([failed, notice, unknown], undefined);
    expect(html).toContain('class="mine"');
    expect(html).toContain('No confirmation in 7 days');
    expect(html).toContain('A new device joined this conversation');
    expect(html).toContain('Made by a newer version of Sotto');
  });

  it('keeps signs that turn the reading direction inside the message', () => {
    const html = chatAsHtml.messages([someMessage(1, { body: { kind: 'text', text: 'a\u202Eb' } })], undefined);
    expect(html).toContain('dir="auto">a\u202Eb\u202C</div>');
  });
});
