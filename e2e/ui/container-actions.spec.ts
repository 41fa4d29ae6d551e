import type { ContainerUsage } from '../../contract/container-usage.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import { containerRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

const usage = (cpuMs: number, memoryBytes: number): ContainerUsage => ({
  cpuMs,
  memoryBytes,
  memoryLimitBytes: null,
  processes: null,
  readBytes: null,
  writtenBytes: null,
  receivedBytes: null,
  sentBytes: null,
});

test('a row says what is under way, what came of it, and why it failed', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  const { containers } = window;
  const release = engine.hold('actOnContainer');
  const row = containers.row('web');
  await containers.button('Stop web').click();
  await expect(row).toContainText('Stopping…');
  await expect(containers.button('Stop web')).toHaveAttribute('aria-busy', 'true');
  release();
  await expect(row).toContainText('Exited (0)');
  const message = 'Container "web" was not started: port 8080 is in use.';
  engine.failNext('actOnContainer', new EngineError({ code: 'docker_failed', message, hint: 'Stop that.' }));
  await containers.button('Start web').click();
  await expect(window.toast(message)).toBeVisible();
  await expect(window.toast('Stop that.')).toBeVisible();
  await containers.button('Resume db').click();
  await expect(containers.row('db')).toContainText('Up 2 hours');
  await containers.choose('db', 'Pause');
  await expect(containers.row('db')).toContainText('Paused');
  expect(engine.asked).toEqual([
    'actOnContainer stop web',
    'actOnContainer start web',
    'actOnContainer resume db',
    'actOnContainer pause db',
  ]);
});

test('removing says what goes and what stays; Escape removes nothing', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  engine.containers.belongings = {
    writtenBytes: 5 * 1024 ** 2,
    anonymousVolumes: ['a'.repeat(64)],
    namedVolumes: ['pg\u202edata'],
  };
  await window.goTo('Containers');
  const { containers } = window;
  await containers.choose('web', 'Remove…');
  await expect(containers.confirmation).toContainText('It runs: it is killed first.');
  await expect(containers.confirmation).toContainText('5 MiB');
  await expect(containers.confirmation).toContainText('Its volume stays: pgdata.');
  await expect(containers.confirmation.getByRole('checkbox')).not.toBeChecked();
  await page.keyboard.press('Escape');
  await expect(containers.confirmation).toBeHidden();
  expect(engine.asked).toEqual([]);
  await containers.open('web');
  await containers.choose('web', 'Remove…');
  await containers.confirmation.getByRole('checkbox').check();
  await containers.confirmation.getByRole('button', { name: 'Kill and remove' }).click();
  await expect(containers.table).toBeVisible();
  await expect(containers.row('web')).toHaveCount(0);
  expect(engine.asked).toEqual(['removeContainer web volumes']);
});

test('what is lost by it is asked about first: killing, and stopping what removes itself', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('full');
  const fleeting = containerRecord({ name: 'fleeting', autoRemove: true });
  engine.commit({ in: 'containers', key: fleeting.id, value: fleeting });
  await window.goTo('Containers');
  const { containers } = window;
  await containers.button('Stop fleeting').click();
  await expect(containers.confirmation).toContainText('it is removed as soon as it has ended');
  await containers.confirmation.getByRole('button', { name: 'Cancel' }).click();
  await containers.choose('web', 'Kill…');
  await expect(containers.confirmation).toContainText('ends at once');
  expect(engine.asked).toEqual([]);
  await containers.confirmation.getByRole('button', { name: 'Kill', exact: true }).click();
  await expect(containers.row('web')).toContainText('Exited (137)');
});

test('a Compose project folds, and is stopped and started as a whole', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  const { containers } = window;
  await expect(containers.project('acme')).toContainText('2 of 2 running');
  await containers.project('acme').click();
  await expect(containers.project('acme')).toHaveAttribute('aria-expanded', 'false');
  await expect(containers.row('builder')).toHaveCount(0);
  await containers.button('Stop all of acme').click();
  await expect(containers.project('acme')).toContainText('0 of 2 running');
  await containers.button('Start all of acme').click();
  await expect(containers.project('acme')).toContainText('2 of 2 running');
  await containers.project('acme').click();
  await expect(containers.row('builder')).toBeVisible();
  expect(engine.asked).toEqual(['actOnProject stop acme', 'actOnProject start acme']);
});

test('processor and memory of each are sampled while somebody looks', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  engine.containers.use('web', usage(1_000, 64 * 1024 ** 2));
  expect(engine.containers.usageWatchers).toBe(0);
  await window.goTo('Containers');
  await expect(window.containers.row('web')).toContainText('64 MiB');
  await expect(window.containers.row('web')).toContainText('0.0 %');
  engine.containers.use('web', usage(2_000, 128 * 1024 ** 2));
  await expect(window.containers.row('web')).toContainText('128 MiB');
  await window.goTo('Overview');
  await expect.poll(() => engine.containers.usageWatchers).toBe(0);
});

test('two thousand rows: only those in view are drawn, and the keyboard goes through all of them', async ({
  openWith,
  page,
}) => {
  const many = Array.from({ length: 2_000 }, (_, index) =>
    containerRecord({ name: `shard-${String(index).padStart(4, '0')}` }),
  );
  const { engine, window } = await openWith({
    ...scenario('running'),
    containers: Object.fromEntries(many.map((container) => [container.id, container])),
  });
  await window.goTo('Containers');
  const { containers } = window;
  await expect(containers.table).toHaveAttribute('aria-rowcount', '2001');
  expect(await containers.table.getByRole('row').count()).toBeLessThan(60);
  await containers.row('shard-0000').focus();
  await page.keyboard.press('End');
  await expect(containers.row('shard-1999')).toBeFocused();
  await expect(containers.row('shard-1999')).toBeInViewport();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(containers.row('shard-1998')).toContainText('Exited');
  await page.getByRole('searchbox', { name: 'Search containers' }).fill('shard exited');
  await expect(containers.table).toHaveAttribute('aria-rowcount', '2');
  await containers.row('shard-1998').focus();
  await page.keyboard.press('Enter');
  await expect(containers.heading('shard-1998')).toBeVisible();
  expect(engine.asked).toEqual(['actOnContainer stop shard-1998']);
});

test('nothing can be pressed while the VM is away', async ({ openWith }) => {
  const state = scenario('full');
  const { window } = await openWith({ ...state, vms: scenario('stopped').vms });
  await window.goTo('Containers');
  await expect(window.containers.button('Stop web')).toHaveAttribute('aria-disabled', 'true');
  await window.containers.button('More for web').click();
  await expect(window.page.getByRole('menuitem', { name: 'Remove…' })).toContainText(
    'The VM has to run first',
  );
});
