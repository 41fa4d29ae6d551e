import { EngineError } from '../../engine/base/engine-error.ts';
import { expect, test } from './ui-test.ts';

test('switches an architecture on and shows the proof', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Emulation');
  const release = engine.hold('switchOn');
  await expect(window.emulation.toggle('arm64')).not.toBeChecked();
  await window.emulation.toggle('arm64').click();
  await expect(window.emulation.summary('arm64')).toContainText('downloading 4.2 of 6.0 MB');
  await expect(window.emulation.toggle('arm64')).toHaveAttribute('aria-busy', 'true');
  // What is under way is not asked again.
  await window.emulation.toggle('arm64').click();
  release();
  await expect(window.emulation.row('arm64')).toContainText(
    'On, proved · self-test passed in 96 ms, just now',
  );
  await expect(window.emulation.row('arm64')).toContainText('qemu-aarch64 10.0.2');
  await expect(window.emulation.row('arm64')).toContainText('click to proof 6.8 s');
  await expect(window.emulation.row('arm64').getByRole('button', { name: 'Flags POCF' })).toBeVisible();
  expect(engine.asked).toEqual(['switchOn service arm64']);
});

test('native architectures have nothing to switch', async ({ openWith }) => {
  const { window } = await openWith('running');
  await window.goTo('Emulation');
  await expect(window.emulation.row('amd64')).toContainText('native');
  await expect(window.emulation.toggle('amd64')).toHaveCount(0);
});

test('says which running containers switching off would hit, before it does', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Emulation');
  await window.emulation.toggle('arm64').click();
  const users = window.emulation.dialog.getByRole('list', { name: 'Containers that use it' });
  await expect(users.getByRole('listitem')).toHaveCount(2);
  await expect(users).toContainText('api-arm');
  await window.emulation.dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(window.emulation.toggle('arm64')).toBeChecked();
  expect(engine.asked).toEqual([]);
  await window.emulation.switchOff('arm64');
  await expect(window.emulation.toggle('arm64')).not.toBeChecked();
  expect(engine.asked).toEqual(['switchOff service arm64']);
});

test('a failed switch keeps its reason in the row, and only there', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Emulation');
  const message = 'Cannot fetch qemu-user for riscv64: the mirror does not answer.';
  engine.failNext(
    'switchOn',
    new EngineError({ code: 'mirror_unreachable', message, hint: 'Check the network.' }),
  );
  await window.emulation.toggle('riscv64').click();
  await expect(window.emulation.row('riscv64')).toContainText(message);
  await expect(window.emulation.row('riscv64')).toContainText('Check the network.');
  await expect(window.emulation.summary('riscv64')).toContainText('Failed');
  await expect(window.toast(message)).toHaveCount(0);
});

test('tests a handler again and shows the steps', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Emulation');
  await window.emulation.row('arm64').getByRole('button', { name: 'Test arm64' }).click();
  await expect(window.emulation.row('arm64')).toContainText('passed in 96 ms, just now');
  await window.emulation.row('arm64').getByRole('button', { name: 'Last self-test of arm64' }).click();
  await expect(window.emulation.row('arm64').getByRole('list')).toContainText('exit code 42, as expected');
  expect(engine.asked).toEqual(['testHandler service arm64']);
});

test('nothing can be switched while the VM is down, and it says so', async ({ openWith }) => {
  const { window } = await openWith('stopped');
  await window.goTo('Emulation');
  await expect(window.page.getByRole('main')).toContainText('The VM is not running.');
  await expect(window.emulation.toggle('arm64')).toBeDisabled();
});

test('switches by keyboard', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Emulation');
  await window.emulation.toggle('arm64').focus();
  await page.keyboard.press('Space');
  await expect(window.emulation.toggle('arm64')).toBeChecked();
  expect(engine.asked).toEqual(['switchOn service arm64']);
});
