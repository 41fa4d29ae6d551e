import { containerRecord } from '../fake/records.ts';
import { WindowPage } from '../pages/window-page.ts';
import { expect, test } from './ui-test.ts';

test('unreachable is not empty: everything stays, marked, and comes back by itself', async ({ openWith }) => {
  const { app, engine, window } = await openWith('full');
  await window.goTo('Containers');
  await app.stopEngine();
  await expect(window.statusBar).toContainText('The engine is not reachable.');
  await expect(window.containers.row('web')).toContainText('last known');
  await expect(window.containers.row('api-arm')).toContainText('arm64 · emulated');
  await window.goTo('Overview');
  await expect(window.overview.card).toContainText('last known');
  await expect(window.overview.stopButton).toHaveAttribute('aria-disabled', 'true');
  await window.goTo('Emulation');
  await expect(window.emulation.toggle('arm64')).toBeDisabled();
  expect(engine.asked).toEqual([]);

  const added = containerRecord({ name: 'born-meanwhile' });
  engine.commit({ in: 'containers', key: added.id, value: added });
  await app.startEngine();
  await expect(window.statusBar).toContainText('Connected to the engine');
  await window.goTo('Containers');
  await expect(window.containers.row('born-meanwhile')).toBeVisible();
  await expect(window.containers.row('web')).not.toContainText('last known');
});

test('losing the engine moves nothing', async ({ openWith }) => {
  const { app, window } = await openWith('full');
  const before = await window.overview.connect.boundingBox();
  await app.stopEngine();
  await expect(window.statusBar).toContainText('The engine is not reachable.');
  expect(await window.overview.connect.boundingBox()).toEqual(before);
});

test('containers the engine itself calls stale are marked though the engine is there', async ({
  openWith,
}) => {
  const { window } = await openWith('broken');
  await window.goTo('Containers');
  await expect(window.containers.row('web')).toContainText('last known');
});

test('processes go on after a reconnect', async ({ openWith }) => {
  const { app, engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('web');
  await expect(window.containers.processes('web').getByRole('row')).toHaveCount(3);
  await app.stopEngine();
  await expect(window.statusBar).toContainText('not reachable');
  await expect(window.containers.processes('web').getByRole('row')).toHaveCount(3);
  await app.startEngine();
  await expect.poll(() => engine.processWatchers).toBe(1);
});

test('a gap in the clock means a fresh snapshot', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Containers');
  const [lost, seen] = [containerRecord({ name: 'in-the-gap' }), containerRecord({ name: 'after-it' })];
  engine.lostClock = engine.store.clock + 1;
  engine.commit({ in: 'containers', key: lost.id, value: lost });
  expect(engine.snapshots).toBe(1);
  engine.commit({ in: 'containers', key: seen.id, value: seen });
  await expect(window.containers.row('after-it')).toBeVisible();
  await expect(window.containers.row('in-the-gap')).toBeVisible();
  expect(engine.snapshots).toBe(2);
});

test('the token leaves the address bar, and a reload needs none', async ({ openWith, page }) => {
  const { window } = await openWith('running');
  expect(page.url()).not.toContain('token');
  await page.reload();
  await expect(window.overview.state).toHaveText('Running');
});

test('an address lets one page in; another needs a fresh one, pasted into the same tab', async ({
  openWith,
  browser,
}) => {
  const { app } = await openWith('running');
  const url = app.newUrl();
  const [first, second] = await Promise.all([browser.newContext(), browser.newContext()]);
  const pages = { first: await first.newPage(), second: await second.newPage() };
  await new WindowPage(pages.first).open(url);
  await pages.second.goto(url);
  await expect(pages.second.getByRole('heading', { name: 'This page needs a fresh address' })).toBeVisible();
  await expect(pages.second.getByRole('region', { name: 'Service VM' })).toHaveCount(0);
  await new WindowPage(pages.second).open(app.newUrl());
  await expect(pages.second.getByRole('region', { name: 'Service VM' })).toBeVisible();
  await Promise.all([first.close(), second.close()]);
});
