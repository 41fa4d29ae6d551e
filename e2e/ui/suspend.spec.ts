import { EngineError } from '../../engine/base/engine-error.ts';
import { settingsRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

test('suspends with one click, asks nothing, and resumes', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  const { overview } = window;
  const release = engine.hold('stopVm');
  await expect(overview.stopButton).toHaveText('Suspend');
  await overview.stopButton.click();
  await expect(overview.state).toHaveText('Suspending');
  await expect(overview.dialog).toBeHidden();
  release();
  await expect(overview.state).toHaveText('Suspended');
  await expect(overview.fact('Suspended')).toHaveText('just now');
  await expect(overview.fact('Saved memory on this disk')).toHaveText('289 MiB');
  await expect(overview.fact('Containers that go on')).toHaveText('6');
  await window.goTo('Containers');
  await expect(window.page.getByRole('main')).toContainText('6 suspended with the VM, 5 not running');
  await expect(window.containers.row('web')).toContainText('suspended');
  await expect(window.containers.row('web')).not.toContainText('last known');
  await window.goTo('Overview');
  await overview.resume();
  await expect(overview.state).toHaveText('Running');
  await expect(overview.fact('Saved memory on this disk')).toHaveCount(0);
  expect(engine.asked).toEqual(['stopVm service suspend', 'startVm service']);
});

test('either way to stop is reached with the keyboard, and says what it costs', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('running');
  await window.overview.stopButton.focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Ways to stop' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Suspend' })).toContainText(
    'Containers go on where they stopped.',
  );
  await expect(page.getByRole('menuitem', { name: 'Shut down' })).toContainText('Containers are stopped.');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(window.overview.state).toHaveText('Stopped');
  expect(engine.asked).toEqual(['stopVm service shut-down']);
});

test('where the setting says shut down, that is the button, and suspend is beside it', async ({
  openWith,
}) => {
  const { engine, window } = await openWith({
    ...scenario('full'),
    settings: settingsRecord({ stopBy: 'shut-down' }),
  });
  await expect(window.overview.stopButton).toHaveText('Shut down');
  await window.overview.stopButton.click();
  await expect(window.overview.dialog).toContainText('Suspend instead, and containers go on');
  await window.page.keyboard.press('Escape');
  await expect(window.overview.stopButton).toBeFocused();
  await window.overview.suspend();
  await expect(window.overview.state).toHaveText('Suspended');
  expect(engine.asked).toEqual(['stopVm service suspend']);
});

test('a VM in which something is wrong can only be shut down, and asks first', async ({ openWith, page }) => {
  const { engine, window } = await openWith({
    ...scenario('full'),
    vms: scenario('degraded').vms,
  });
  await expect(window.overview.stopButton).toHaveText('Shut down');
  await page.getByRole('button', { name: 'Ways to stop' }).click();
  await expect(page.getByRole('menuitem', { name: 'Suspend' })).toHaveAttribute('aria-disabled', 'true');
  await page.keyboard.press('Escape');
  await window.overview.stopButton.click();
  await expect(window.overview.dialog).toContainText('Shut the VM down?');
  expect(engine.asked).toEqual([]);
});

test('a VM that cannot be suspended goes on, and the reason stays', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  const message = 'Cannot suspend VM "service": 1.2 GB are needed on this disk, and 300 MB are free.';
  engine.failNext(
    'stopVm',
    new EngineError({ code: 'suspend_failed', message, hint: 'Free some space, or shut it down.' }),
  );
  await window.overview.suspend();
  await expect(window.toast(message)).toBeVisible();
  await expect(window.toast('Free some space, or shut it down.')).toBeVisible();
  await expect(window.overview.state).toHaveText('Running');
});

test('starts without the saved memory only after saying what is lost', async ({ openWith }) => {
  const { engine, window } = await openWith('suspended');
  const { overview } = window;
  await overview.chooseDiscard('Start without');
  await expect(overview.dialog).toContainText('The saved memory (289 MiB) is deleted.');
  await expect(overview.dialog).toContainText('ends as at a power cut');
  await expect(overview.dialog.getByRole('listitem')).toHaveText(['api-arm', 'builder', 'metrics', 'web']);
  await expect(overview.dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await overview.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(overview.dialog).toBeHidden();
  await expect(overview.state).toHaveText('Suspended');
  expect(engine.asked).toEqual([]);
  await overview.chooseDiscard('Start without');
  await overview.dialog.getByRole('button', { name: 'Start without it' }).click();
  await expect(overview.state).toHaveText('Running');
  expect(engine.asked).toEqual(['startVm service discarding the state']);
});

test('deletes the saved memory without starting', async ({ openWith }) => {
  const { engine, window } = await openWith('suspended');
  await window.overview.chooseDiscard('Delete');
  await window.overview.dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(window.overview.state).toHaveText('Stopped');
  await expect(window.overview.startButton).toHaveText('Start');
  expect(engine.asked).toEqual(['discardState service']);
});

test('a saved state that does not fit any more: the reason, and both ways on', async ({ openWith }) => {
  const { engine, window } = await openWith('suspended-unusable');
  const { overview } = window;
  await expect(overview.problem).toContainText(
    'it was suspended with QEMU 10.0.2, and this computer has 10.1.0',
  );
  await expect(overview.problem).toContainText('Put that back as it was');
  await overview.resumeButton.click();
  await expect(window.toast(/was suspended with QEMU 10\.0\.2/)).toBeVisible();
  await expect(overview.state).toHaveText('Suspended');
  await overview.card.getByRole('button', { name: 'Start without the saved memory…' }).click();
  await overview.dialog.getByRole('button', { name: 'Start without it' }).click();
  await expect(overview.state).toHaveText('Running');
  await expect(overview.problem).toHaveCount(0);
  expect(engine.asked).toEqual(['startVm service', 'startVm service discarding the state']);
});

test('while the engine is away nothing can be asked of a suspended VM', async ({ openWith }) => {
  const { app, window } = await openWith('suspended');
  await app.stopEngine();
  await expect(window.overview.resumeButton).toHaveAttribute('aria-disabled', 'true');
  await window.overview.card.getByRole('button', { name: 'More about the saved memory' }).click();
  await expect(window.page.getByRole('menuitem', { name: 'Delete' })).toContainText(
    'The engine is not reachable at the moment',
  );
});
