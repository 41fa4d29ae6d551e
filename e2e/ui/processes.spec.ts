import { crowd } from '../fake/processes.ts';
import { containerRecord, emulatedProcess, processRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

test('shows every process of the VM under its container', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  expect(engine.processWatchers).toBe(0);
  await window.goTo('Processes');
  const { processes } = window;
  await expect(processes.group('web')).toContainText('2 processes');
  await expect(processes.group('api-arm')).toContainText('arm64 · emulated');
  await expect(processes.rows('node worker.js').first()).toHaveAttribute('aria-level', '3');
  await expect(processes.group('The VM itself')).toContainText('4 processes');
  await expect(processes.rows('/usr/sbin/dockerd')).toContainText('amd64 · native');
  await window.goTo('Overview');
  await expect.poll(() => engine.processWatchers).toBe(0);
});

test('says what emulation costs a container, and marks what runs natively in it', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Processes');
  const { processes } = window;
  await expect(processes.group('builder')).toContainText('99 % of its CPU time is emulated');
  await expect(processes.group('builder')).toContainText('32.3 MiB more memory for the emulator');
  await expect(processes.group('web')).not.toContainText('emulator');
  await expect(processes.rows('ccache')).toContainText('amd64 · native here');
  await expect(processes.rows('nginx: worker').first()).toContainText('amd64 · native');
  await expect(processes.rows('nginx: worker').first()).not.toContainText('native here');
  await window.goTo('Containers');
  await window.containers.open('builder');
  const main = window.page.getByRole('main');
  await expect(main).toContainText('4 processes, 3 emulated, 1 native in a foreign container');
  await expect(main).toContainText('99 % of its CPU time is emulated · 32.3 MiB more memory for');
});

test('folds emulators out, all or one, and away again', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Processes');
  const { processes } = window;
  const cc1 = processes.rows('cc1 -quiet');
  await expect(processes.tree).not.toContainText('/usr/bin/qemu-aarch64');
  await cc1.focus();
  await page.keyboard.press('Enter');
  await expect(cc1).toContainText('/usr/bin/qemu-aarch64 /usr/bin/cc1 cc1 -quiet');
  await expect(processes.rows('make -j2 all').last()).not.toContainText('qemu');
  await processes.toggleEmulators();
  await expect(processes.rows('make -j2 all').last()).toContainText('/usr/bin/qemu-aarch64');
  await page.keyboard.press('Tab');
  await processes.toggleEmulators();
  await expect(processes.tree).not.toContainText('/usr/bin/qemu-aarch64');
});

test('finds processes by any of their words, those above them included', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Processes');
  const { processes } = window;
  await processes.search.fill('cc1 ARM64');
  await expect(processes.tree.getByRole('row')).toHaveCount(5);
  await expect(processes.rows('make -j2 all').first()).toBeVisible();
  await processes.search.fill('builder native');
  await expect(processes.rows('ccache')).toBeVisible();
  await expect(processes.rows('cc1 -quiet')).toHaveCount(0);
  await processes.search.fill('no such thing');
  await expect(window.page.getByRole('main')).toContainText('No process matches.');
  await processes.search.fill('');
  await expect(processes.group('The VM itself')).toBeVisible();
});

test('is walked and folded by keyboard, groups and all', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Processes');
  const { processes } = window;
  await processes.group('builder').focus();
  await page.keyboard.press('ArrowLeft');
  await expect(processes.group('builder')).toHaveAttribute('aria-expanded', 'false');
  await expect(processes.rows('ccache')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await expect(processes.tree.getByRole('row', { level: 2, name: 'sh -c make' })).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(processes.group('builder')).toBeFocused();
  await page.keyboard.press('End');
  await expect(processes.rows('/usr/sbin/dockerd')).toBeFocused();
});

test('copies the command line as it was started, with nothing in it that acts on a terminal', async ({
  openWith,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { engine, window } = await openWith('full');
  engine.setProcesses(null, [
    emulatedProcess(77, 0, ['sh', '-c', "echo 'a b'"]),
    processRecord(78, 0, { argv: ['evil', 'x\u001b[201~\nrm'], rawArgv: ['evil', 'x\u001b[201~\nrm'] }),
  ]);
  await window.goTo('Processes');
  const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
  await window.processes.rows("echo 'a b'").focus();
  await page.keyboard.press('Control+c');
  await expect.poll(clipboard).toBe("/usr/bin/qemu-aarch64 /usr/bin/sh sh -c 'echo '\\''a b'\\'''");
  await window.processes.rows('evil').focus();
  await page.keyboard.press('Control+c');
  await expect.poll(clipboard).toBe("evil $'x\\x1b[201~\\x0arm'");
});

test('draws only what is in view of thousands, and the focus goes through all of them', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('full');
  const container = containerRecord({ name: 'crowd' });
  engine.commit({ in: 'containers', key: container.id, value: container });
  engine.setProcesses(container.id, crowd(2_000));
  await window.goTo('Processes');
  const { processes } = window;
  await expect(processes.group('crowd')).toContainText('2000 processes');
  await expect(processes.tree).toHaveAttribute('aria-rowcount', /^20\d\d$/);
  expect(await processes.tree.getByRole('row').count()).toBeLessThan(120);
  await processes.group('api-arm').focus();
  await page.keyboard.press('End');
  await expect(processes.rows('/usr/sbin/dockerd')).toBeFocused();
  await expect(processes.rows('/usr/sbin/dockerd')).toBeInViewport();
  await processes.search.fill('--shard=1777');
  await expect(processes.rows('--shard=1777')).toBeVisible();
});

test('keeps the last processes when the engine is away', async ({ openWith }) => {
  const { app, window } = await openWith('full');
  await window.goTo('Processes');
  await expect(window.processes.group('web')).toBeVisible();
  await app.stopEngine();
  await expect(window.page.getByRole('main')).toContainText('When last heard of');
  await expect(window.processes.group('web')).toBeVisible();
  await app.startEngine();
  await expect(window.page.getByRole('main')).not.toContainText('When last heard of');
});

test('says so when the VM is off, and shows them once it runs', async ({ openWith }) => {
  const { engine, window } = await openWith('stopped');
  await window.goTo('Processes');
  await expect(window.page.getByRole('main')).toContainText('The VM is stopped');
  expect(engine.processWatchers).toBe(0);
  await engine.startVm({ vm: 'service', discardState: false });
  await expect(window.processes.group('The VM itself')).toBeVisible();
});

test('fits a narrow window, hostile text included', async ({ openWith, page }) => {
  await page.setViewportSize({ width: 480, height: 700 });
  const state = scenario('full');
  const { window } = await openWith(state);
  await window.goTo('Processes');
  await expect(window.processes.tree).toContainText('<b onclick=alert(1)>nginx');
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  expect(await page.locator('main script, main img').count()).toBe(0);
});
