import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mock } from 'node:test';
import { type Browser, chromium } from '@playwright/test';
import { orAborted } from '../../engine/base/time.ts';
import { startFakeApp } from '../fake/fake-app.ts';
import type { FakeEngine } from '../fake/fake-engine.ts';
import { fillProcesses } from '../fake/processes.ts';
import { chromiumLaunch } from '../pages/chromium-launch.ts';
import { WindowPage } from '../pages/window-page.ts';
import { figuresAfter } from './scene.ts';
import { type Shot, shots } from './shots.ts';

/*
 * The pictures of README and guide, in both themes: `npm run screenshots [-- name ...]`. The page as it is built plays
 * scenes of the scripted engine; its clock and the engine's stand still, so that only what changed in the page changes a
 * picture. Writes docs/screenshots/<name>-<theme>.png.
 */
const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');

/** Wide enough for every column, small enough for a README. */
const viewport = { width: 1_100, height: 760 };

/** Nothing here waits for anything but the page. */
const timeoutMs = 15_000;

/** Drawn whole and by one thread: pieces that are drawn again round a few edge pixels differently. */
const steadyRaster = ['--num-raster-threads=1', '--disable-partial-raster', '--disable-lcd-text'];

/** When all this happens. */
const now = Date.parse('2026-11-22T10:00:00Z');

/** As far back as the plots go, at the pace of the real engine. */
const samples = 60;
const sampleMs = 2_000;

/** Faster than the real engine, for nobody watches. */
const paceMs = 5;

const asked = process.argv.slice(2);
const chosen = shots.filter(({ name }) => asked.length === 0 || asked.includes(name));
await mkdir(folder, { recursive: true });
mock.timers.enable({ apis: ['Date'], now });
const browser = await chromium.launch({
  ...chromiumLaunch,
  args: [...(chromiumLaunch.args ?? []), ...steadyRaster],
});
try {
  for (const shot of chosen) {
    for (const theme of ['light', 'dark'] as const) {
      // One screen that has changed does not cost the pictures of the others.
      await take(browser, shot, theme).catch((thrown: unknown) => {
        console.error(`${shot.name}, ${theme}: ${thrown instanceof Error ? thrown.message : thrown}`);
        process.exitCode = 1;
      });
    }
  }
} finally {
  await browser.close();
}

/** Resolves when the screen which opens first has been told two minutes of figures; that costs a second. */
async function fillPlots({ vms }: FakeEngine, signal: AbortSignal): Promise<void> {
  const usualMs = vms.measureEveryMs;
  const told = new Promise<void>((resolve) => {
    let sample = 0;
    vms.measureEveryMs = paceMs;
    vms.beforeSample = () => {
      sample = Math.min(sample + 1, samples);
      mock.timers.setTime(now - (samples - sample) * sampleMs);
      vms.figuresNow = figuresAfter(sample);
      if (sample === samples) resolve();
    };
  });
  await orAborted(told, signal);
  vms.measureEveryMs = usualMs;
}

async function take(
  browser: Browser,
  { name, scene, plots, play }: Shot,
  theme: 'light' | 'dark',
): Promise<void> {
  mock.timers.setTime(now);
  const app = await startFakeApp(scene());
  try {
    fillProcesses(app.engine);
    const context = await browser.newContext({
      viewport,
      colorScheme: theme,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'UTC',
    });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(timeoutMs);
      await page.clock.setFixedTime(now);
      const window = new WindowPage(page);
      const plotsAreFull = plots && fillPlots(app.engine, AbortSignal.timeout(timeoutMs));
      await Promise.all([plotsAreFull, window.open(app.newUrl())]);
      await play(window, app.engine);
      const path = join(folder, `${name}-${theme}.png`);
      await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
      console.log(`${name}-${theme}.png`);
    } finally {
      await context.close();
    }
  } finally {
    await app.close();
  }
}
