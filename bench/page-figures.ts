import { setInterval } from 'node:timers/promises';
import { type CDPSession, chromium, type Page } from '@playwright/test';
import { startFakeApp } from '../e2e/fake/fake-app.ts';
import type { FakeEngine } from '../e2e/fake/fake-engine.ts';
import { containerRecord } from '../e2e/fake/records.ts';
import { scenario } from '../e2e/fake/scenarios.ts';
import { chromiumLaunch } from '../e2e/pages/chromium-launch.ts';
import { WindowPage } from '../e2e/pages/window-page.ts';
import type { Scope } from '../engine/base/scope.ts';
import type { Figure } from './figure.ts';

const containers = 500;
const changesPerSecond = 50;

/**
 * By then every row in view was drawn twice, so that React keeps both trees of it, and V8 has compiled what runs often:
 * the heap's growth before that, about half a megabyte, is these two and no leak (heap snapshots 5 minutes apart).
 */
const settleSeconds = 40;

/** One reading takes in what the change under way holds just then, up to half a megabyte: the lowest of some counts. */
const heapReadings = 6;
const heapReadingsApartMs = 500;

/** Three frames of a 60 Hz screen: what a person sees as a stutter. */
const longFrameMs = 50;

/**
 * The page on its Containers screen with 500 containers of which one changes every 20 ms, in headless Chromium over the
 * real browser mode with a scripted engine. Needs no VM, and none should run beside it.
 */
export async function pageFigures({ scope }: { scope: Scope }, seconds: number): Promise<Figure[]> {
  const app = await startFakeApp(scenario('running'));
  scope.defer(() => app.close());
  fill(app.engine);
  const browser = await chromium.launch(chromiumLaunch);
  scope.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1180, height: 820 } });
  const window = new WindowPage(page);
  await window.open(app.newUrl());
  await window.goTo('Containers');
  const cdp = await page.context().newCDPSession(page);

  const ended = new AbortController();
  scope.defer(() => ended.abort());
  const changing = changeOnAndOn(app.engine, ended.signal);
  await page.waitForTimeout(settleSeconds * 1_000);
  const heapBefore = await heapMegabytes(page, cdp);
  const frames = await watchFrames(page, seconds);
  const heapAfter = await heapMegabytes(page, cdp);
  ended.abort();
  await changing;

  const over = frames.filter((ms) => ms > longFrameMs);
  const seen = `${frames.length} frames in ${seconds} s, ${over.length} over ${longFrameMs} ms`;
  return [
    {
      name: 'longest frame of the page',
      unit: 'ms',
      measured: [Math.max(...frames)],
      goal: longFrameMs,
      baseline: null,
      how: `${containers} containers, ${changesPerSecond} changes/s: ${seen}`,
    },
    {
      name: 'page memory, growth',
      unit: 'MB',
      measured: [heapAfter - heapBefore],
      goal: 1,
      baseline: null,
      how: `JavaScript heap after collections, lowest of ${heapReadings}: ${heapBefore.toFixed(1)} MB, ${seconds} s later ${heapAfter.toFixed(1)} MB`,
    },
  ];
}

function fill(engine: FakeEngine): void {
  for (let index = 0; index < containers; index += 1) {
    const record = containerRecord({
      name: `service-${index}`,
      image: `registry.example/team/app-${index % 40}:1.${index % 9}`,
      composeProject: index % 5 === 0 ? null : `project-${index % 25}`,
      ...(index % 3 === 0 && { arch: 'arm64', execution: 'emulated', emulator: 'qemu-aarch64 11.1' }),
    });
    engine.commit({ in: 'containers', key: record.id, value: record });
  }
}

/** As a busy machine does: what Docker says about a container changes, and now and then one stops or starts. */
async function changeOnAndOn(engine: FakeEngine, signal: AbortSignal): Promise<void> {
  const ids = Object.keys(engine.state.containers);
  let count = 0;
  try {
    for await (const _tick of setInterval(1_000 / changesPerSecond, undefined, { signal })) {
      count += 1;
      const id = ids[(count * 7) % ids.length] ?? '';
      const value = engine.state.containers[id];
      if (!value) continue;
      const stops = count % 25 === 0;
      engine.commit({
        in: 'containers',
        key: id,
        value: {
          ...value,
          state: stops ? 'exited' : 'running',
          exitCode: stops ? 0 : null,
          status: stops ? 'Exited (0) just now' : `Up ${count} seconds`,
        },
      });
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
}

/** Milliseconds from each frame to the next. */
async function watchFrames(page: Page, seconds: number): Promise<number[]> {
  return await page.evaluate(
    (ms) =>
      new Promise<number[]>((resolve) => {
        const gaps: number[] = [];
        let last: number | null = null;
        const started = performance.now();
        const look = (now: number): void => {
          if (last !== null) gaps.push(now - last);
          last = now;
          if (now - started < ms) requestAnimationFrame(look);
          else resolve(gaps);
        };
        requestAnimationFrame(look);
      }),
    seconds * 1_000,
  );
}

async function heapMegabytes(page: Page, cdp: CDPSession): Promise<number> {
  const bytes: number[] = [];
  for (let reading = 0; reading < heapReadings; reading += 1) {
    await page.waitForTimeout(heapReadingsApartMs);
    await cdp.send('HeapProfiler.collectGarbage');
    bytes.push((await cdp.send('Runtime.getHeapUsage')).usedSize);
  }
  return Math.min(...bytes) / 1e6;
}
