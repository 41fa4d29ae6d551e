import { chromium } from '@playwright/test';
import { chromiumLaunch } from '../e2e/pages/chromium-launch.ts';

/** The first load also starts Chromium's renderer and fills its caches; a person's second visit does not. */
const warmUpRuns = 1;

/**
 * Milliseconds from asking for the page until its first button answers a click: the state has arrived over the
 * WebSocket and is drawn. One for each of `runs` fresh tabs. `newUrl` gives an address per tab, as `foredeck serve` does.
 */
export async function measureUiInteractive(newUrl: () => string, runs = 5): Promise<number[]> {
  const browser = await chromium.launch(chromiumLaunch);
  try {
    const measured: number[] = [];
    for (let run = 0; run < warmUpRuns + runs; run += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(newUrl(), { waitUntil: 'commit' });
      const shown = await page.waitForFunction(
        () => (document.querySelector('[aria-label="Service VM"] button') ? performance.now() : 0),
        undefined,
        { polling: 'raf' },
      );
      if (run >= warmUpRuns) measured.push(Number(await shown.jsonValue()));
      await context.close();
    }
    return measured;
  } finally {
    await browser.close();
  }
}
