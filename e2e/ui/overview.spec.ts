import { EngineError } from '../../engine/base/engine-error.ts';
import { bootRecord, jobRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

test('shows what the VM is made of, and why this accelerator', async ({ openWith }) => {
  const { window } = await openWith('running');
  await expect(window.overview.state).toHaveText('Running');
  await expect(window.overview.fact('Memory')).toHaveText('2 GiB');
  await expect(window.overview.fact('Docker')).toHaveText('26.1.5');
  await expect(window.overview.fact('Accelerator')).toContainText(
    'KVM does not work here: the kernel said nothing within 6 s',
  );
  await expect(window.overview.fact('Accelerator')).toContainText('TCG (software) in use');
  await expect(window.overview.boot.getByRole('listitem')).toHaveCount(11);
  await expect(window.overview.stage('Docker answers here')).toContainText('20.3 s');
});

test('follows a start stage by stage', { tag: '@shell' }, async ({ openWith }) => {
  const { engine, window } = await openWith('stopped');
  const release = engine.hold('startVm');
  await window.overview.startButton.click();
  await expect(window.overview.state).toHaveText('Starting');
  await expect(window.overview.cancelButton).toBeVisible();
  await expect(window.overview.stage('Kernel speaks')).toContainText('under way');
  engine.changeVm({ boot: bootRecord('sshd', Date.now() - 10_500) });
  await expect(window.overview.stage('SSH server listens')).toContainText('done');
  await expect(window.overview.stage('SSH server listens')).toContainText('10.4 s');
  await expect(window.overview.stage('containerd ready')).toHaveAttribute('aria-current', 'step');
  release();
  await expect(window.overview.state).toHaveText('Running');
  await expect(window.overview.stage('Docker answers here')).toContainText('done');
});

test('cancels a start under way', async ({ openWith }) => {
  const { engine, window } = await openWith('starting');
  await window.overview.cancelButton.click();
  await expect(window.overview.state).toHaveText('Stopped');
  expect(engine.asked).toEqual(['stopVm service suspend']);
});

test('asks before shutting down stops containers, and names them', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.overview.chooseStop('Shut down');
  await expect(window.overview.dialog).toContainText('6 running containers stop with it');
  await expect(window.overview.dialog).toContainText('api-arm');
  await expect(window.overview.dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await window.page.keyboard.press('Escape');
  await expect(window.overview.dialog).toBeHidden();
  expect(engine.asked).toEqual([]);
  await window.overview.shutDown();
  await expect(window.overview.state).toHaveText('Stopped');
  expect(engine.asked).toEqual(['stopVm service shut-down']);
});

test('does not ask when nothing runs, and asks the engine once for two clicks', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  const release = engine.hold('restartVm');
  await window.overview.restartButton.dblclick();
  await expect(window.overview.restartButton).toHaveAttribute('aria-busy', 'true');
  release();
  await expect(window.overview.restartButton).not.toHaveAttribute('aria-busy', 'true');
  expect(engine.asked).toEqual(['restartVm service']);
});

test('says what broke, what to do, and what the console said, as plain text', async ({ openWith }) => {
  const { window } = await openWith('broken');
  await expect(window.overview.state).toHaveText('Broken');
  await expect(window.overview.problem).toContainText('did not get past "Disks mounted"');
  await expect(window.overview.problem).toContainText('Start it again.');
  const tail = window.overview.problem.locator('pre');
  await expect(tail).toContainText('[    6.412305] virtio_blk');
  await expect(tail).toContainText('init: mount /dev/vdb on /data failed: Structure needs cleaning');
  await expect(window.overview.stage('Disks mounted')).toContainText('failed');
  await window.overview.startButton.click();
  await expect(window.overview.state).toHaveText('Running');
});

test('a degraded VM is started once more: what can be mended is', async ({ openWith }) => {
  const { engine, window } = await openWith('degraded');
  await window.overview.card.getByRole('button', { name: 'Try again' }).click();
  await expect(window.overview.state).toHaveText('Running');
  engine.changeVm({
    state: 'degraded',
    error: {
      code: 'disk_full',
      message: 'VM "service" stands still: the disk that holds FOREDECK_HOME is full.',
      hint: 'Free some space, then start the VM: it goes on where it stopped.',
      details: {},
    },
  });
  await window.overview.card.getByRole('button', { name: 'Let it go on' }).click();
  await expect(window.overview.state).toHaveText('Running');
  await expect(window.overview.problem).toHaveCount(0);
  expect(engine.asked).toEqual(['startVm service', 'startVm service']);
});

test('shows a failure that no record carries as a message which stays until dismissed', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('running');
  const message = 'Cannot restart VM "service": another client is changing it.';
  engine.failNext(
    'restartVm',
    new EngineError({ code: 'wrong_state', message, hint: 'Try again in a moment.' }),
  );
  await window.overview.restartButton.click();
  await expect(window.toast(message)).toBeVisible();
  await window.page.getByRole('button', { name: 'Close toast' }).click();
  await expect(window.toast(message)).toBeHidden();
});

test('shows the image being composed with bytes and rate, and cancels', async ({ openWith }) => {
  const { engine, window } = await openWith('composing');
  const card = window.overview.card;
  await expect(card).toContainText('Downloading packages', { ignoreCase: true });
  await expect(card).toContainText('46 MiB of 125 MiB · 5.6 MiB/s');
  await expect(card.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '37');
  engine.commit({
    in: 'jobs',
    key: 'compose-1',
    value: jobRecord({ progress: { doneBytes: 131_072_000, totalBytes: 131_072_000, bytesPerSecond: 0 } }),
  });
  await expect(card).toContainText('125 MiB of 125 MiB');
  await window.overview.cancelButton.click();
  await expect.poll(() => engine.asked).toEqual(['cancelJob compose-1']);
});

test('gives both ways to point a Docker CLI here, to copy', async ({ openWith, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { window } = await openWith('running');
  await window.overview.connect.getByRole('button', { name: 'Copy the docker context command' }).click();
  expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe(
    'docker context use foredeck',
  );
  await window.overview.connect.getByRole('button', { name: 'Copy the DOCKER_HOST command' }).click();
  expect(await window.page.evaluate(() => navigator.clipboard.readText())).toBe(
    'export DOCKER_HOST=unix:///home/ada/.foredeck/docker.sock',
  );
});

test('says how to get a Docker CLI, and installs one', async ({ openWith }) => {
  const { engine, window } = await openWith('no-docker-cli');
  await expect(window.overview.connect).toContainText('There is no Docker CLI on this computer.');
  await window.overview.connect.getByRole('button', { name: 'Install Docker CLI' }).click();
  await expect(window.overview.connect).toContainText(
    'export PATH=/home/ada/.foredeck/docker-cli/usr/bin:"$PATH"',
  );
  expect(engine.asked).toEqual(['installDockerCli']);
});

test('offers no installation where there is none to offer', async ({ openWith }) => {
  const state = scenario('no-docker-cli');
  state.host.dockerCli = {
    ...state.host.dockerCli,
    installable: false,
    hint: 'Install it with brew install docker.',
  };
  const { window } = await openWith(state);
  await expect(window.overview.connect).toContainText('brew install docker');
  await expect(window.overview.connect.getByRole('button', { name: 'Install Docker CLI' })).toHaveCount(0);
});

test('says that the Docker CLI on the PATH has no Compose, and installs it', async ({ openWith }) => {
  const state = scenario('running');
  const found = { ...state.host.dockerCli, compose: null, hint: 'Let Foredeck unpack docker-compose.' };
  state.host.dockerCli = found;
  const { engine, window } = await openWith(state);
  await expect(window.overview.connect).toContainText('has no Compose plugin');
  await expect(window.overview.connect).toContainText('Let Foredeck unpack docker-compose.');
  await window.overview.connect.getByRole('button', { name: 'Install Compose' }).click();
  await expect(window.overview.connect).not.toContainText('has no Compose plugin');
  expect(engine.asked).toEqual(['installDockerCli']);
});

test('reads the serial console only while it is looked at', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  engine.consoleText = ['[    0.1] first', '\u001b]0;evil\u0007last line'];
  const card = window.page.getByRole('region', { name: 'Serial console', exact: true });
  await card.getByRole('button', { name: 'Show' }).click();
  const lines = card.getByRole('region', { name: 'Serial console, newest lines' });
  await expect(lines).toHaveText('[    0.1] first\nlast line');
  await card.getByRole('button', { name: 'Hide' }).click();
  await expect(lines).toHaveCount(0);
});
