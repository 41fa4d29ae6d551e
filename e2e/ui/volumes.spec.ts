import { EngineError } from '../../engine/base/engine-error.ts';
import { hostileImage } from '../fake/container-records.ts';
import { digestOf, volumeRecord } from '../fake/object-records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

const anonymous = digestOf('a');

test('every volume with what uses it, its architecture and its size', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Volumes');
  const { volumes } = window;
  await expect(page.getByRole('main')).toContainText(
    '7 volumes, 4 unused · 2.3 GiB in the 2 that were measured',
  );
  await expect(volumes.row('acme_pgdata')).toContainText('Compose project acme');
  await expect(volumes.row('acme_pgdata')).toContainText('412 MiB');
  await expect(volumes.row('acme_pgdata')).toContainText('arm64 · emulated');
  await expect(volumes.row('cache')).toContainText('not measured');
  await expect(volumes.row(anonymous)).toContainText(`${anonymous.slice(0, 12)}…`);
  await expect(volumes.row('old-backup')).toContainText('Not used');
  await volumes.unfold('nfs-share');
  await expect(volumes.row('nfs-share')).toContainText('addr=192.0.2.9,rw');
  await volumes.row('acme_pgdata').getByRole('link', { name: 'migrate' }).click();
  await expect(page).toHaveURL(/#\/containers\/\w+$/);
});

test('search, order and unused only narrow the list down', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Volumes');
  const { volumes } = window;
  const rows = volumes.list.locator(':scope > li');
  await page.getByRole('button', { name: 'Largest first' }).click();
  await expect(rows.first()).toHaveAccessibleName('old-backup');
  await page.getByRole('button', { name: 'Unused only' }).click();
  await expect(rows).toHaveCount(4);
  await volumes.search.fill('acme');
  await expect(page.getByRole('heading', { name: 'No volume is unused' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(rows).toHaveCount(7);
});

test('measures on demand, says so, and stops when the person leaves', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Volumes');
  const release = engine.hold('measureVolumes');
  const measure = page.getByRole('button', { name: 'Measure' });
  await measure.click();
  await expect(page.getByRole('progressbar')).toHaveAccessibleName(/adding up/);
  await expect.poll(() => engine.objects.measuring).toBe(1);
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect.poll(() => engine.objects.measuring).toBe(0);
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await measure.click();
  await expect.poll(() => engine.objects.measuring).toBe(1);
  await window.goTo('Networks');
  await expect.poll(() => engine.objects.measuring).toBe(0);
  release();
  await window.goTo('Volumes');
  await measure.click();
  await expect(window.volumes.row('cache')).toContainText('5 MiB');
});

test('removal says that the data is gone for good, and names what stands in the way', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Volumes');
  const { volumes } = window;
  await volumes.choose('acme_pgdata', 'Remove…');
  await expect(volumes.confirmation).toContainText('2 containers use it');
  await expect(volumes.confirmation).toContainText('db');
  await expect(volumes.confirmation).toContainText('migrate');
  const remove = volumes.confirmation.getByRole('button', { name: 'Remove with its data' });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await volumes.confirmation.getByRole('button', { name: 'Cancel' }).click();
  await volumes.choose('old-backup', 'Remove…');
  await expect(volumes.confirmation).toContainText('1.9 GiB when last measured, is gone for good');
  const message = 'Volume "old-backup" is used by late.';
  engine.failNext('removeVolume', new EngineError({ code: 'wrong_state', message }));
  await remove.click();
  await expect(volumes.row('old-backup')).toContainText(message);
  await volumes.choose('old-backup', 'Remove…');
  await remove.click();
  await expect(volumes.row('old-backup')).toHaveCount(0);
  expect(engine.asked).toEqual(['removeVolume old-backup', 'removeVolume old-backup']);
});

test('pruning shows first what would go and how much that is', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Volumes');
  const { volumes } = window;
  await volumes.pruneButton.click();
  await expect(volumes.dialog.getByRole('list', { name: 'What would go' })).toContainText('64 MiB');
  await expect(volumes.button('Remove 1 volume, 64 MiB')).toBeVisible();
  await volumes.dialog.getByRole('radio', { name: 'Every unused volume' }).click();
  await expect(volumes.dialog).toContainText('gone for good');
  await expect(volumes.dialog.getByRole('list', { name: 'What would go' }).getByRole('listitem')).toHaveCount(
    4,
  );
  await volumes.button(/^Remove 4 volumes, /).click();
  await expect(volumes.dialog).toContainText('4 volumes removed');
  await expect(volumes.dialog).toContainText('freed in the VM');
  await volumes.button('Close').last().click();
  await expect(volumes.list.locator(':scope > li')).toHaveCount(3);
  expect(engine.asked.at(-1)).toBe('prune volumes 4');
});

test('creates one, and says what a name may be', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Volumes');
  const { volumes, page } = window;
  await expect(page.getByRole('heading', { name: 'No volumes yet' })).toBeVisible();
  await volumes.createButton.click();
  await volumes.field('Name').fill('a b');
  await expect(volumes.field('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(volumes.button('Create')).toHaveAttribute('aria-disabled', 'true');
  await volumes.field('Name').fill('data');
  const message = 'There is a volume "data" already.';
  engine.failNext('createVolume', new EngineError({ code: 'wrong_state', message }));
  await volumes.field('Name').press('Enter');
  await expect(volumes.dialog).toContainText(message);
  await volumes.button('Create').click();
  await expect(volumes.row('data')).toContainText('Not used');
});

test('inspects as Docker does', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Volumes');
  await window.volumes.choose('nfs-share', 'Inspect…');
  await expect(window.volumes.dialog).toContainText('"device": ":/export"');
});

test('while the VM is off, rows stay as last known and nothing can be changed', async ({
  openWith,
  page,
}) => {
  const full = scenario('full');
  const stale = Object.entries(full.volumes).map(([key, volume]) => [key, { ...volume, stale: true }]);
  const { window } = await openWith({
    ...full,
    vms: scenario('stopped').vms,
    volumes: Object.fromEntries(stale),
  });
  await window.goTo('Volumes');
  await expect(page.getByRole('main')).toContainText('When last heard of: 7 volumes');
  await expect(window.volumes.pruneButton).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('button', { name: 'More about cache' }).click();
  await expect(page.getByRole('menuitem', { name: 'Remove…' })).toHaveAttribute('aria-disabled', 'true');
});

test('two thousand volumes are drawn as far as one sees them', async ({ openWith, page }) => {
  const volumes = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => {
      const name = `volume-${String(index).padStart(4, '0')}`;
      return [`service/${name}`, volumeRecord({ name })];
    }),
  );
  const { window } = await openWith({ ...scenario('running'), volumes });
  await window.goTo('Volumes');
  const rows = window.volumes.list.locator(':scope > li');
  await expect(rows.first()).toHaveAttribute('aria-setsize', '2000');
  expect(await rows.count()).toBeLessThan(60);
  await page.evaluate(() => {
    location.hash = '#/volumes/volume-1500';
  });
  await expect(window.volumes.row('volume-1500')).toBeInViewport();
  await expect(window.volumes.row('volume-1500')).toContainText('Folder in the VM');
});

test('hostile names stay text and widen nothing', async ({ openWith, page }) => {
  await page.setViewportSize({ width: 480, height: 800 });
  const { window } = await openWith('full');
  await window.goTo('Volumes');
  const row = window.volumes.list.locator(':scope > li').filter({ hasText: 'red:latest' });
  await row.getByRole('button', { name: /^Details of/ }).click();
  await expect(row).toContainText('registry.example/gpj.tnecnonni/red:latest');
  expect(hostileImage).not.toBe('registry.example/gpj.tnecnonni/red:latest');
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
});
