import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { keepFocus } from './keep-focus.ts';

let root: HTMLElement;
const put = (html: string): void => {
  root.replaceChildren(document.createRange().createContextualFragment(html));
};
const the = (id: string): HTMLElement => root.querySelector<HTMLElement>(`#${id}`)!;
const focused = (): string => document.activeElement?.id ?? '';
const rest = async (): Promise<void> => {
  for (let frame = 0; frame < 4; frame += 1) await new Promise(requestAnimationFrame);
};
/** As somebody at a keyboard gets there. */
const goTo = async (id: string): Promise<void> => {
  for (let stop = 0; stop < 9 && focused() !== id; stop += 1) await userEvent.keyboard('{Tab}');
  expect(focused()).toBe(id);
};

beforeEach(() => {
  root = document.createElement('div');
  document.body.replaceChildren(root);
  keepFocus(root);
});
afterEach(() => document.body.replaceChildren());

describe('what has the focus is taken off the page', () => {
  it.each([
    ['what followed it', '<p><button id="gone"></button><button id="next"></button></p>', 'next'],
    ['else what came before it', '<p><button id="last"></button><button id="gone"></button></p>', 'last'],
    [
      'within the nearest part that has anything',
      '<section><input id="far"><p><input id="near"></p><p><button id="gone"></button></p></section>',
      'near',
    ],
    [
      'what can be reached',
      '<p><button id="gone"></button><a></a><button disabled></button><span inert><input></span><i tabindex="-1"></i><button hidden></button><input id="open"></p>',
      'open',
    ],
  ])('the focus goes to %s', async (_, html, heir) => {
    put(html);
    await goTo('gone');
    the('gone').remove();
    await rest();
    expect(focused()).toBe(heir);
  });

  it('what took its place has the focus', async () => {
    put('<button id="before"></button><div><button id="block"></button></div><button id="after"></button>');
    await goTo('block');
    const unblock = document.createElement('button');
    unblock.id = 'unblock';
    the('block').replaceWith(unblock);
    await rest();
    expect(focused()).toBe('unblock');
  });

  it('a row that is moved keeps it', async () => {
    put('<ul><li><button id="first"></button></li><li><button id="second"></button></li></ul>');
    await goTo('second');
    root.querySelector('ul')!.prepend(the('second').parentElement!);
    await rest();
    expect(focused()).toBe('second');
  });

  it('a screen that takes the focus itself is not overruled', async () => {
    put('<button id="gone"></button><button id="next"></button><h1 id="title" tabindex="-1"></h1>');
    await goTo('gone');
    the('gone').remove();
    await new Promise(requestAnimationFrame);
    the('title').focus();
    await rest();
    expect(focused()).toBe('title');
  });

  it('gone with its whole screen, it is for the next screen to say', async () => {
    put('<main><h1 tabindex="-1" data-screen-focus></h1><button id="gone"></button></main><button id="next"></button>');
    await goTo('gone');
    root.querySelector('main')!.remove();
    await rest();
    expect(document.activeElement).toBe(document.body);
  });

  it('nothing happens to somebody who had left it', async () => {
    put('<button id="gone"></button><button id="next"></button>');
    await goTo('gone');
    the('gone').blur();
    await rest();
    the('gone').remove();
    await rest();
    expect(document.activeElement).toBe(document.body);
  });

  it('nor to somebody with a pointer', async () => {
    put('<button id="gone">Press</button><input id="next">');
    await userEvent.click(the('gone'));
    the('gone').remove();
    await rest();
    expect(document.activeElement).toBe(document.body);
  });
});
