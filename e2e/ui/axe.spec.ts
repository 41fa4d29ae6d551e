import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { screenNames } from '../pages/window-page.ts';
import { expect, test } from './ui-test.ts';

/** What axe-core calls serious or critical, each with where it is. */
async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    // Of a terminal's drawn text xterm.js makes nothing that axe could judge; its input is judged.
    .exclude('.xterm-screen')
    // Without a further page for each run, which only documents with frames need.
    .setLegacyMode()
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on any screen in the ${theme} theme`, async ({ openWith, page }) => {
    // Judging a screen takes a second or two, and there are many.
    test.setTimeout(120_000);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    const { window } = await openWith('full');
    const found: Record<string, string[]> = {};
    const judge = async (what: string): Promise<void> => {
      const list = await findings(page);
      if (list.length > 0) found[what] = list;
    };
    for (const screen of screenNames) {
      await window.goTo(screen);
      await judge(screen);
    }
    await window.goTo('Terminal');
    await window.terminal.open();
    await judge('an open terminal');
    await page.keyboard.press('Control+Shift+K');
    await expect(window.palette.field).toBeFocused();
    await judge('the palette');
    expect(found).toEqual({});
  });
}
