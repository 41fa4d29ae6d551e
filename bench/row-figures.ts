import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type Dockerode from 'dockerode';
import { chromiumLaunch } from '../e2e/pages/chromium-launch.ts';
import { silentLog } from '../engine/base/log.ts';
import { engineStreams } from '../engine/client/engine-streams.ts';
import { serveHost } from '../host/serve-host.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';
import { measureUiInteractive } from './ui-interactive.ts';

const clone = join(import.meta.dirname, '..');

const rows = 7;

/** How fast the page is there, and how fast it shows a container. */
export async function rowFigures(bench: Bench): Promise<Figure[]> {
  const { docker, home, native, scope } = bench;
  await bench.withImages();
  const host = await serveHost({
    port: 0,
    pageFolder: join(clone, 'out', 'renderer'),
    openStream: engineStreams({ home, signal: scope.signal }),
    log: silentLog,
    scope,
  });
  bench.say('loading the page');
  const interactive = await measureUiInteractive(host.newUrl);

  const browser = await chromium.launch(chromiumLaunch);
  scope.defer(() => browser.close());
  const page = await browser.newPage();
  await page.goto(host.newUrl());
  await page.getByRole('link', { name: 'Containers' }).click();
  bench.say(`making ${rows} containers`);
  const delays: number[] = [];
  for (let run = 0; run < rows; run += 1) {
    const container = { Image: `busybox:${native}`, Cmd: ['true'], name: `bench-row-${run}` };
    delays.push(await rowDelay(page, docker, container));
  }
  return [
    {
      name: 'page interactive',
      unit: 'ms',
      measured: interactive,
      goal: 1_000,
      baseline: null,
      how: 'navigation to the first button drawn with its state',
    },
    {
      name: 'container row visible',
      unit: 'ms',
      measured: delays,
      goal: 300,
      baseline: null,
      how: "Docker's create event on the socket to the row in the page",
    },
  ];
}

/** Milliseconds from Docker's `create` event, as a second client of the socket sees it, to the row on the screen. */
async function rowDelay(
  page: Page,
  docker: Dockerode,
  wanted: { Image: string; Cmd: string[]; name: string },
): Promise<number> {
  const events = await docker.getEvents({ filters: { type: ['container'], event: ['create'] } });
  const told = new Promise<number>((resolve) => events.once('data', () => resolve(Date.now())));
  const shown = page.evaluate(
    (text) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (document.body.textContent?.includes(text)) resolve(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    wanted.name,
  );
  const container = await docker.createContainer(wanted);
  const delay = (await shown) - (await told);
  events.removeAllListeners();
  (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  await container.remove();
  return Math.max(0, delay);
}
