import type { Page } from '@playwright/test';
import { screenNames } from '../pages/window-page.ts';
import { expect, test } from './ui-test.ts';

test('every control of every screen is reached with the keyboard and shows that it has the focus', async ({
  openWith,
  page,
}) => {
  // Hundreds of keys.
  test.setTimeout(90_000);
  const { window } = await openWith('full');
  for (const screen of screenNames) {
    await window.goTo(screen);
    const { reached, unreached, unmarked } = await walkWithTab(page);
    // The navigation alone has as many.
    expect(reached, `reached on ${screen}`).toBeGreaterThan(screenNames.length);
    expect(unreached, `cannot be reached on ${screen}`).toEqual([]);
    expect(unmarked, `shows no focus on ${screen}`).toEqual([]);
  }
});

test('the first Tab offers to skip to the content', async ({ openWith, page }) => {
  const { window } = await openWith('running');
  await page.reload();
  await expect(window.overview.state).toHaveText('Running');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('one heading of the first level names each screen, and so does the title', async ({
  openWith,
  page,
}) => {
  const { window } = await openWith('full');
  for (const screen of screenNames) {
    await window.goTo(screen);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText([screen]);
    await expect(page).toHaveTitle(`${screen} · Foredeck`);
    await expect(window.navigation.getByRole('link', { name: screen })).toHaveAttribute(
      'aria-current',
      'page',
    );
  }
});

for (const theme of ['light', 'dark'] as const) {
  test(`text can be read in the ${theme} theme`, async ({ openWith, page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const { window } = await openWith('full');
    for (const screen of screenNames) {
      await window.goTo(screen);
      expect(await faintTexts(page), `${screen} in ${theme}`).toEqual([]);
    }
    const proved = await openWith('emulation');
    await proved.window.goTo('Emulation');
    await proved.window.emulation.unfold('arm/v7');
    expect(await faintTexts(page), `a self-test in ${theme}`).toEqual([]);
    await proved.window.emulation.toggle('arm64').click();
    await expect(proved.window.emulation.dialog).toContainText('node server.js');
    expect(await faintTexts(page), `what uses an emulator in ${theme}`).toEqual([]);
    for (const [name, word] of [
      ['broken', 'Broken'],
      ['degraded', 'Degraded'],
      ['suspended', 'Suspended'],
      ['suspended-unusable', 'Suspended'],
    ] as const) {
      const opened = await openWith(name);
      await expect(opened.window.overview.state).toHaveText(word);
      expect(await faintTexts(page), `${name} in ${theme}`).toEqual([]);
    }
    await page.getByRole('button', { name: 'More about the saved memory' }).click();
    await expect(page.getByRole('menuitem')).toHaveCount(2);
    expect(await faintTexts(page), `the menu of a suspended VM in ${theme}`).toEqual([]);
  });
}

test('nothing moves for who asked for no motion', async ({ openWith, page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { window } = await openWith('starting');
  await expect(window.overview.state).toHaveText('Starting');
  const longestMs = await page.evaluate(() =>
    Math.max(
      0,
      ...document.getAnimations().map((animation) => Number(animation.effect?.getComputedTiming().duration)),
    ),
  );
  expect(longestMs).toBeLessThan(1);
});

/** Far more than any screen has controls, so that a trap for the focus ends the walk. */
const maxTabs = 250;
const keysPerLook = 10;

declare global {
  interface Window {
    /** What got the focus since `recordFocus`; `round` when something got it a second time. */
    walk: { reached: number; unmarked: string[]; round: boolean };
  }
}

function recordFocus(): void {
  const isFirst = window.walk === undefined;
  window.walk = { reached: 0, unmarked: [], round: false };
  for (const element of document.querySelectorAll('[data-walked]')) element.removeAttribute('data-walked');
  document.body.tabIndex = -1;
  document.body.focus();
  if (!isFirst) return;
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement) || target === document.body || window.walk.round) return;
    window.walk.round = target.dataset.walked !== undefined;
    if (window.walk.round) return;
    target.dataset.walked = 'yes';
    window.walk.reached += 1;
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    if (outlineStyle === 'none' || outlineWidth === '0px') {
      window.walk.unmarked.push(target.getAttribute('aria-label') ?? target.textContent?.trim() ?? '');
    }
  });
}

/**
 * Presses Tab all the way round. What it does not reach has to be in a group where arrows move, of which another
 * member was reached. Each is named by its words.
 */
async function walkWithTab(
  page: Page,
): Promise<{ reached: number; unreached: string[]; unmarked: string[] }> {
  await page.evaluate(recordFocus);
  // Looked at once for several keys: each look is a round trip to the browser.
  for (
    let press = 0;
    press < maxTabs && !(await page.evaluate(() => window.walk.round));
    press += keysPerLook
  ) {
    for (let key = 0; key < keysPerLook; key += 1) await page.keyboard.press('Tab');
  }
  const { reached, unmarked } = await page.evaluate(() => window.walk);
  const unreached = await page.evaluate(() => {
    const groups = '[role=radiogroup], [role=tablist], [role=group], [role=treegrid], [role=toolbar]';
    return [
      ...document.querySelectorAll<HTMLElement>('button, a[href], input, select, [role=switch], [role=tab]'),
    ]
      .filter(
        (control) =>
          !control.dataset.walked && control.checkVisibility() && !control.closest('[aria-hidden=true]'),
      )
      .filter((control) => !control.closest(groups)?.querySelector('[data-walked]'))
      .map(
        (control) => control.getAttribute('aria-label') ?? control.textContent?.trim() ?? control.outerHTML,
      );
  });
  return { reached, unreached, unmarked };
}

/** Texts whose contrast is below 4.5:1 (WCAG 2.2, 1.4.3); what cannot be used at the moment is exempt. */
async function faintTexts(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!canvas) throw new Error('no canvas');
    // The canvas knows every colour notation; drawing one over another mixes them.
    const mixed = (colours: string[]): number[] => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const luminance = (rgb: number[]): number => {
      const [r = 0, g = 0, b = 0] = rgb.map((value) => {
        const share = value / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.textContent?.trim();
      const element = node.parentElement;
      if (!text || !element?.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      if (element.closest('[aria-disabled=true], .sr-only, .xterm, title')) continue;
      const behind: string[] = [];
      for (let one: Element | null = element; one; one = one.parentElement) {
        behind.unshift(getComputedStyle(one).backgroundColor);
      }
      const back = luminance(mixed(behind));
      const front = luminance(mixed([...behind, getComputedStyle(element).color]));
      const ratio = (Math.max(back, front) + 0.05) / (Math.min(back, front) + 0.05);
      if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
    }
    return faint;
  });
}
