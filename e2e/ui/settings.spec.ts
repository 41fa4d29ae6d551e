import { EngineError } from '../../engine/base/engine-error.ts';
import { rememberedFix } from '../fake/diagnosis-records.ts';
import { expect, test } from './ui-test.ts';

test('saves what was changed and nothing else', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  await expect(window.settings.saveButton).toHaveAttribute('aria-disabled', 'true');
  await window.settings.field('Processors').fill('4');
  await window.settings.field('Accelerator').selectOption('tcg');
  await window.settings.saveButton.click();
  await expect.poll(() => engine.asked).toEqual(['setSettings {"cpus":4,"accelerator":"tcg"}']);
  await expect(window.settings.saveButton).toHaveAttribute('aria-disabled', 'true');
  await expect(window.settings.field('Processors')).toHaveValue('4');
});

test('takes back what was saved', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  await window.settings.field('Processors').fill('4');
  await window.settings.saveButton.click();
  await page
    .getByRole('region', { name: /Notifications/ })
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect.poll(() => engine.asked).toEqual(['setSettings {"cpus":4}', 'setSettings {"cpus":null}']);
  await expect(window.settings.field('Processors')).toHaveValue('');
});

test('switches of the desktop app apply at once and can be taken back', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  await page.getByRole('link', { name: 'Desktop', exact: true }).click();
  const notify = page.getByRole('switch', { name: 'Tell me about failures' });
  await expect(notify).toBeInViewport();
  await notify.click();
  await expect(notify).not.toBeChecked();
  await page
    .getByRole('region', { name: /Notifications/ })
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect(notify).toBeChecked();
  await page.getByRole('radio', { name: 'Leave them running' }).click();
  await expect
    .poll(() => engine.asked)
    .toEqual([
      'setSettings {"notify":false}',
      'setSettings {"notify":true}',
      'setSettings {"onQuit":"leave-running"}',
    ]);
});

test('says what cannot be used, saves none of it, and undoes', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  await window.settings.field('Memory in MiB').fill('12');
  const memory = window.settings.field('Memory in MiB');
  await expect(memory).toHaveAttribute('aria-invalid', 'true');
  await expect(memory).toHaveAccessibleDescription('A whole number of MiB, at least 512, or empty.');
  await memory.press('Enter');
  await window.settings.undoButton.click();
  await expect(memory).toHaveValue('');
  expect(engine.asked).toEqual([]);
});

test('keeps what was typed when the engine refuses it', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  const message = 'Cannot save the settings: the disk is full.';
  engine.failNext('setSettings', new EngineError({ code: 'disk_full', message }));
  await window.settings.field('Debian mirror').fill('https://mirror.example.org/debian');
  await window.settings.saveButton.click();
  await expect(window.toast(message)).toBeVisible();
  await expect(window.settings.field('Debian mirror')).toHaveValue('https://mirror.example.org/debian');
});

test('a change by another client shows in a form nobody has touched', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  engine.commit({ in: 'settings', value: { ...engine.state.settings, cpus: 6 } });
  await expect(window.settings.field('Processors')).toHaveValue('6');
});

test('chooses what stopping and quitting do', { tag: '@shell' }, async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  const choice = window.page.getByRole('radiogroup', { name: 'When stopped or quitting' });
  await expect(choice.getByRole('radio', { name: 'Suspend' })).toBeChecked();
  await expect(choice).toContainText('Containers go on where they stopped.');
  await choice.getByRole('radio', { name: 'Shut down' }).click();
  await window.settings.saveButton.click();
  await expect.poll(() => engine.asked).toEqual(['setSettings {"stopBy":"shut-down"}']);
  await window.goTo('Overview');
  await expect(window.overview.stopButton).toHaveText('Shut down');
});

test('a larger disk is made larger, a smaller one refused with the reason', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  const disk = window.settings.field('Data disk in GiB');
  await disk.fill('32');
  await expect(disk).toHaveAccessibleDescription(
    'It holds 64 GiB already, and a disk cannot be made smaller.',
  );
  await disk.fill('128');
  await window.settings.field('Processors').fill('3');
  await window.settings.saveButton.click();
  await expect.poll(() => engine.asked).toEqual(['growDisk service 128', 'setSettings {"cpus":3}']);
  await expect(disk).toHaveValue('128');
});

test('the disk of a suspended VM stays as it is', async ({ openWith }) => {
  const { engine, window } = await openWith('suspended');
  await window.goTo('Settings');
  const disk = window.settings.field('Data disk in GiB');
  await disk.fill('128');
  await expect(disk).toHaveAccessibleDescription(/Resume it first/);
  await disk.press('Enter');
  expect(engine.asked).toEqual([]);
});

test('the window is zoomed from the settings, and stays so', { tag: '@shell' }, async ({
  openWith,
  launcher,
}) => {
  const { window } = await openWith('running');
  const { page } = window;
  await window.goTo('Settings');
  const zoom = page.getByRole('group', { name: 'Zoom' });
  if (launcher === 'browser') {
    await expect(page.getByRole('main')).toContainText('With your browser’s own keys');
    await expect(zoom).toHaveCount(0);
    return;
  }
  await zoom.getByRole('button', { name: '150 %' }).click();
  await page.reload();
  await window.goTo('Settings');
  await expect(zoom.getByRole('button', { name: '150 %' })).toHaveAttribute('aria-pressed', 'true');
  if (launcher === 'double') await expect(page.locator('html')).toHaveCSS('zoom', '1.5');
});

test('the theme follows the system until one is chosen, which is kept', async ({ openWith, page }) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  const { window } = await openWith('running');
  const theme = page.locator('html');
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
  await expect(theme).toHaveAttribute('data-theme', 'light');
  await window.goTo('Settings');
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(theme).toHaveAttribute('data-theme', 'dark');
});

test('fixes that worked are listed by image, copied as JSON and forgotten', async ({ openWith, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { engine, window } = await openWith('running');
  engine.doctor.remembered = [
    rememberedFix(),
    rememberedFix({ rule: 'illegal-instruction', fix: 'cpu-max', label: 'Run again with QEMU_CPU=max' }),
    rememberedFix({ image: 'acme/ledger:z', arch: 's390x' }),
  ];
  await window.goTo('Settings');
  const { fixes } = window.settings;
  await expect(fixes.getByRole('listitem')).toHaveCount(2);
  await expect(fixes).toContainText('Run again with QEMU_CPU=max · arm64 · emulator 10.0.2 · 1 d ago');
  await fixes.getByRole('button', { name: 'Copy all as JSON' }).click();
  await expect(fixes.getByRole('button', { name: 'Copied' })).toBeVisible();
  const copied: unknown = JSON.parse(await window.page.evaluate(() => navigator.clipboard.readText()));
  expect(copied).toEqual(engine.doctor.remembered);
  await fixes.getByRole('button', { name: 'Forget ghcr.io/acme/api:2.4.1' }).click();
  await expect(fixes.getByRole('listitem')).toHaveCount(1);
  await fixes.getByRole('button', { name: 'Forget acme/ledger:z' }).click();
  await expect(fixes).toContainText('None yet.');
  expect(engine.asked).toEqual(['forgetFixes ghcr.io/acme/api:2.4.1', 'forgetFixes acme/ledger:z']);
});
