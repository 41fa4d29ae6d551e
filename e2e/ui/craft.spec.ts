import type { Page } from '@playwright/test';
import { screenNames } from '../pages/window-page.ts';
import { expect, test } from './ui-test.ts';

/** What a person gets who makes everything twice as large: half the points each way. */
const zoomed = { width: 590, height: 410 };
const narrow = { width: 900, height: 640 };

for (const [what, viewport] of [
  ['900 px', narrow],
  ['200 % zoom', zoomed],
] as const) {
  test(`every screen fits at ${what}: nothing is cut off at the side`, async ({ openWith, page }) => {
    await page.setViewportSize(viewport);
    const { window } = await openWith('full');
    for (const screen of screenNames) {
      await window.goTo(screen);
      expect(await page.evaluate(widerThanWindow), screen).toEqual([]);
      await expect(window.statusBar).toBeInViewport();
    }
    await window.palette.open();
    await expect(window.palette.dialog).toBeInViewport({ ratio: 1 });
  });
}

test('nothing on the screen moves while data arrives', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  for (const screen of ['Overview', 'Containers', 'Emulation', 'Activity'] as const) {
    await window.goTo(screen);
    await settled(page);
    await page.evaluate(watchShifts);
    const [container] = Object.values(engine.state.containers);
    if (!container) throw new Error('no container');
    for (let change = 0; change < 10; change += 1) {
      const value = { ...container, status: `Up ${change} minutes and then some` };
      engine.commit({ in: 'containers', key: container.id, value });
      engine.changeVm({ dockerVersion: `26.1.${change}` });
    }
    await settled(page);
    expect(await page.evaluate(seenShifts), screen).toEqual([]);
  }
});

declare global {
  interface Window {
    shifts: number[];
  }
}

function watchShifts(): void {
  window.shifts = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts.push(Number(Reflect.get(entry, 'value')));
  });
  observer.observe({ type: 'layout-shift' });
}

function seenShifts(): number[] {
  return window.shifts;
}

/** What had to be drawn has been: two frames have passed. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
}

/** Parts of the page that can be scrolled sideways although they are no region for it. */
function widerThanWindow(): string[] {
  return [document.documentElement, document.body, document.querySelector('main')]
    .filter((element) => element !== null && element.scrollWidth > element.clientWidth + 1)
    .map((element) => `${element?.tagName} ${element?.scrollWidth} > ${element?.clientWidth}`);
}
