import { EngineError } from '../../engine/base/engine-error.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

/** High enough for the first steps above the figures: these are measured only while they can be seen. */
test.use({ viewport: { width: 1180, height: 1400 } });

test('shows memory, processor and disk as the VM and as this computer see them, live', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('running');
  const { overview } = window;
  await expect(overview.meter('Memory').getByRole('definition')).toHaveText([
    '458 MiB',
    '582 MiB',
    '1.2 GiB',
  ]);
  await expect(overview.meter('Processor').getByRole('definition')).toHaveText(['0.31 cores']);
  await expect(overview.meter('Data disk').getByRole('definition')).toHaveText(['2.7 GiB', '3.8 GiB']);
  await expect(overview.meter('Memory').getByRole('img')).toHaveAccessibleName(
    'Memory over the last two minutes',
  );
  engine.vms.figuresNow = { ...engine.vms.figuresNow, cpuShare: 1.75 };
  await expect(overview.meter('Processor').getByRole('definition')).toHaveText(['1.75 cores']);
});

test('draws a line for each figure, in the colours of the theme', async ({ openWith, page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  const { window } = await openWith('running');
  const canvas = window.overview.meter('Data disk').locator('canvas');
  // Colours of the canvas's own pixels: two lines, and no third colour but their edges'.
  const darkest = (): Promise<number> =>
    canvas.evaluate((element: HTMLCanvasElement) => {
      const { width, height } = element;
      const pixels = element.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
      let least = 765;
      for (let at = 0; at < pixels.length; at += 4) {
        if ((pixels[at + 3] ?? 0) < 200) continue;
        least = Math.min(least, (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0));
      }
      return least;
    });
  await expect.poll(darkest).toBeLessThan(200);
  await page.getByRole('button', { name: 'Use the dark theme' }).click();
  await expect.poll(darkest).toBeGreaterThan(300);
});

test('measures only while the figures can be seen', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  const watchers = () => engine.vms.figuresWatchers;
  await expect.poll(watchers).toBe(1);
  await window.goTo('Containers');
  await expect.poll(watchers).toBe(0);
  await window.goTo('Overview');
  await expect.poll(watchers).toBe(1);
  await page.setViewportSize({ width: 480, height: 320 });
  await expect.poll(watchers).toBe(0);
  await window.overview.figures.scrollIntoViewIfNeeded();
  await expect.poll(watchers).toBe(1);
});

test('measures nothing in a window that is hidden', async ({ openWith, page }) => {
  const { engine } = await openWith('running');
  await expect.poll(() => engine.vms.figuresWatchers).toBe(1);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect.poll(() => engine.vms.figuresWatchers).toBe(0);
});

test('a VM that is off has none, in the same place; they come with its start', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  const { overview } = window;
  await expect(overview.meter('Processor').getByRole('definition')).toHaveText(['0.31 cores']);
  const sizeOf = async () => {
    const box = await overview.figures.boundingBox();
    return { width: box?.width, height: box?.height };
  };
  const running = await sizeOf();
  await overview.suspend();
  await expect(overview.figures).toContainText('Measured while the VM runs');
  await expect(overview.meter('Memory').getByRole('definition')).toHaveText(['–', '–', '–']);
  expect(await sizeOf()).toEqual(running);
  await expect.poll(() => engine.vms.figuresWatchers).toBe(0);
  await overview.resume();
  await expect(overview.meter('Processor').getByRole('definition')).toHaveText(['0.31 cores']);
});

test('keeps the last figures when the engine is away, and says so', async ({ openWith }) => {
  const { app, window } = await openWith('running');
  await expect(window.overview.meter('Processor').getByRole('definition')).toHaveText(['0.31 cores']);
  await app.stopEngine();
  await expect(window.overview.figures).toContainText('As last heard of');
  await expect(window.overview.meter('Processor').getByRole('definition')).toHaveText(['0.31 cores']);
});

test('says why there are no figures', async ({ openWith }) => {
  const state = scenario('running');
  const { engine, window } = await openWith({ ...state, vms: scenario('stopped').vms });
  engine.failNext(
    'watchFigures',
    new EngineError({ code: 'ssh_failed', message: 'The VM cannot be reached over SSH.' }),
  );
  engine.show(state);
  await expect(window.overview.figures).toContainText('The VM cannot be reached over SSH.');
});

test('gives disk space back and says how much', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  const { overview } = window;
  const release = engine.hold('reclaimDisk');
  await overview.reclaimButton.click();
  await expect(overview.reclaimButton).toHaveAttribute('aria-busy', 'true');
  release();
  await expect(overview.reclaimOutcome).toHaveText('412 MiB given back: from 3.8 GiB to 3.4 GiB.');
  await expect(overview.meter('Data disk').getByRole('definition').last()).toHaveText('3.4 GiB');
  engine.vms.reclaimed = { beforeBytes: 3_668_000_000, afterBytes: 3_668_000_000 };
  await overview.reclaimButton.click();
  await expect(overview.reclaimOutcome).toHaveText('There was nothing to give back.');
  expect(engine.asked).toEqual(['reclaimDisk service', 'reclaimDisk service']);
});

test('says why no space was given back', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  engine.failNext(
    'reclaimDisk',
    new EngineError({
      code: 'guest_command_failed',
      message: 'fstrim in VM "service" failed.',
      hint: 'Nothing was lost.',
    }),
  );
  await window.overview.reclaimButton.click();
  await expect(window.overview.reclaimOutcome).toHaveText('fstrim in VM "service" failed. Nothing was lost.');
});

test('a suspended VM keeps its disk as it is, and says why', async ({ openWith, page }) => {
  const { engine, window } = await openWith('suspended');
  const { overview } = window;
  for (const button of [overview.reclaimButton, overview.growButton]) {
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await button.focus();
    await expect(
      page.getByText('Its saved memory fits the disk as it is: resume the VM first').last(),
    ).toBeVisible();
    await button.press('Enter');
  }
  expect(engine.asked).toEqual([]);
});

test('makes the disk larger, never smaller, and keeps what was typed when it fails', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('running');
  await window.overview.growButton.click();
  const dialog = page.getByRole('dialog', { name: 'Make the data disk larger' });
  await expect(dialog).toContainText('It holds up to 64 GiB now. It cannot be made smaller again.');
  const size = dialog.getByLabel('New size in GiB');
  await expect(size).toBeFocused();
  await size.fill('32');
  await expect(size).toHaveAccessibleDescription(
    'It holds 64 GiB already, and a disk cannot be made smaller.',
  );
  await size.press('Enter');
  expect(engine.asked).toEqual([]);
  await size.fill('128');
  engine.failNext(
    'growDisk',
    new EngineError({ code: 'qemu_failed', message: 'QEMU could not make the disk larger.' }),
  );
  await size.press('Enter');
  await expect(dialog.getByRole('region', { name: 'Problem' })).toContainText(
    'could not make the disk larger',
  );
  await expect(size).toHaveValue('128');
  await dialog.getByRole('button', { name: 'Make it larger' }).click();
  await expect(dialog).toBeHidden();
  await expect(window.overview.fact('Data disk, at most')).toHaveText('128 GiB');
  expect(engine.asked).toEqual(['growDisk service 128', 'growDisk service 128']);
});
