/** Looks at a screen as axe does: in light and in dark, as wide as a desk and as narrow as a phone. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './relay.ts';

const WIDTHS = [
  { name: 'desktop', width: 1_280, height: 800 },
  { name: 'phone', width: 390, height: 844 },
] as const;
const SCHEMES = ['light', 'dark'] as const;
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Colours are judged where they come to rest, not on the way. */
const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const running = document.getAnimations().filter((one) => one.effect?.getTiming().iterations !== Infinity);
    await Promise.allSettled(running.map(({ finished }) => finished));
  });

/** What another colour scheme can break. The rest hangs on structure and size, and is judged once. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/**
 * What axe has to say of the page as it stands: one line for each rule that it breaks, with the places; and faces that
 * are not round.
 * Its "legacy mode" asks the page itself, without a second page for every question; frames, which that leaves out, we
 * have none, and the content security policy forbids them.
 */
export const violations = async (page: Page, what: 'all' | 'colours'): Promise<string[]> => {
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations: broken } = await (
    what === 'colours' ? axe.withRules(COLOUR_RULES) : axe.withTags(RULES)
  ).analyze();
  const said = broken.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n  ${nodes.map(({ target, html }) => `${target.join(' ')} ${html}`).join('\n  ')}`,
  );
  return what === 'colours' ? said : [...said, ...(await page.evaluate(oddFaces))];
};

/** A style that was meant for something else makes a bar of a face, to which axe has nothing to say. */
const oddFaces = (): string[] =>
  [...document.querySelectorAll('.face')]
    .map((face) => face.getBoundingClientRect())
    .filter(({ width, height }) => Math.abs(width - height) > 1)
    .map(({ width, height }) => `a face of ${width} x ${height}`);

/**
 * Fails softly, so that one run tells of every screen. `only` keeps to one width, where the other shows another screen.
 */
export const expectAccessible = async (
  page: Page,
  screen: string,
  { only }: { readonly only?: (typeof WIDTHS)[number]['name'] } = {},
): Promise<void> => {
  for (const { name, width, height } of WIDTHS.filter(({ name }) => only === undefined || name === only)) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settle(page);
      expect
        .soft(await violations(page, colorScheme === 'light' ? 'all' : 'colours'), `${screen}, ${name}, ${colorScheme}`)
        .toEqual([]);
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDTHS[0]);
};
