import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import Dockerode from 'dockerode';
import { chromiumLaunch } from '../e2e/pages/chromium-launch.ts';
import { silentLog } from '../engine/base/log.ts';
import type { Scope } from '../engine/base/scope.ts';
import { engineStreams } from '../engine/client/engine-streams.ts';
import { serveHost } from '../host/serve-host.ts';
import { type Figure, median } from './figure.ts';
import { measureUiInteractive } from './ui-interactive.ts';

const clone = join(import.meta.dirname, '..');

/** How fast the page is there, and how fast it shows a container. The VM runs and has the image `busybox:amd64`. */
export async function browserFigures(home: string, scope: Scope): Promise<Figure[]> {
  const host = await serveHost({
    port: 0,
    pageFolder: join(clone, 'out', 'renderer'),
    openStream: engineStreams({ home, signal: scope.signal }),
    log: silentLog,
    scope,
  });
  const interactiveMs = await measureUiInteractive(host.newUrl);

  const browser = await chromium.launch(chromiumLaunch);
  scope.defer(() => browser.close());
  const page = await browser.newPage();
  await page.goto(host.newUrl());
  await page.getByRole('link', { name: 'Containers' }).click();
  const docker = new Dockerode({ socketPath: join(home, 'docker.sock') });
  const delays: number[] = [];
  for (let run = 0; run < 5; run += 1) delays.push(await rowDelay(page, docker, `bench-row-${run}`));
  await page.close();
  return [
    {
      name: 'page interactive',
      value: interactiveMs,
      unit: 'ms',
      goal: 1_000,
      baseline: null,
      how: 'navigation to the first button drawn with its state, median of 5',
    },
    {
      name: 'container row visible',
      value: median(delays),
      unit: 'ms',
      goal: 300,
      baseline: null,
      how: "Docker's create event on the socket to the row in the page, median of 5",
    },
  ];
}

/** Milliseconds from Docker's `create` event, as a second client of the socket sees it, to the row on the screen. */
async function rowDelay(page: Page, docker: Dockerode, name: string): Promise<number> {
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
    name,
  );
  const container = await docker.createContainer({ Image: 'busybox:amd64', Cmd: ['true'], name });
  const delay = (await shown) - (await told);
  events.removeAllListeners();
  (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  await container.remove();
  return Math.max(0, delay);
}
