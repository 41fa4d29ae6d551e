import { readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import { WindowPage } from '../pages/window-page.ts';
import { type EngineState, untilState } from './engine-state.ts';
import { isAlive, kill, RealHome } from './real-home.ts';

/*
 * The main job as a person does it, from an empty home to a foreign container and back. The steps build on one
 * another: one VM, one window, one story.
 */
test.describe.configure({ mode: 'serial' });

let home: RealHome;
let served: Awaited<ReturnType<RealHome['serve']>>;
let page: Page;
let window: WindowPage;

test.beforeAll(async ({ browser }) => {
  home = await RealHome.make({ empty: true });
  page = await browser.newPage();
  window = new WindowPage(page);
});

test.afterAll(async () => {
  await page?.close();
  await served?.stop();
  await home?.dispose();
  expect(await home?.processesLeft(), 'processes of this home').toEqual([]);
});

test('an engine killed while composing leaves nothing half made', async () => {
  const client = await home.connect();
  const building = home.foredeck(['image', 'build', '--arch', 'amd64']);
  await untilState(client, 'packages are being downloaded', (state) =>
    Object.values(state.jobs).some(
      (job) => job.state === 'running' && (job.progress?.doneBytes ?? 0) > 5_000_000,
    ),
  );
  kill(client.info.host.enginePid);
  expect((await building).code).toBe(1);
  await client.closed;
  expect(await home.foredeckJson<unknown[]>('image', 'list')).toEqual([]);
});

test('starts from the page: composes, boots, and says what runs and why', async () => {
  test.setTimeout(600_000);
  served = await home.serve();
  await window.open(served.url);
  await expect(window.overview.state).toHaveText('Not set up yet');
  await window.overview.startButton.click();
  await expect(window.overview.state).toHaveText(/Running|Broken|Degraded/, { timeout: 540_000 });
  expect(await window.overview.state.textContent(), await home.lastWords()).toBe('Running');
  await expect(window.overview.stage('Docker')).toContainText(/\d/);
  const socket = await stat(home.socket);
  expect(socket.isSocket()).toBe(true);
  expect(socket.mode & 0o777).toBe(0o600);
  const status = await home.foredeckJson<EngineState['status']>('status');
  expect(status.vms[0]).toMatchObject({ name: 'service', state: 'running', arch: status.host.arch });
});

test('offers a Docker CLI where there is none, and it computes', async () => {
  const before = await home.foredeckJson<EngineState['status']>('status');
  if (before.host.dockerCli.state === 'missing') {
    await window.overview.connect.getByRole('button', { name: /Install/ }).click();
  }
  await expect(window.overview.connect).toContainText('docker context use foredeck', { timeout: 180_000 });
  await expect
    .poll(async () => (await home.foredeckJson<EngineState['status']>('status')).host.dockerCli.path, {
      timeout: 180_000,
    })
    .not.toBeNull();
  expect(await home.dockerOk(['info', '--format', '{{.OSType}} {{.Architecture}}'])).toBe('linux x86_64');
});

test('switches arm64 on and proves it', async () => {
  await window.goTo('Emulation');
  await window.emulation.toggle('arm64').click();
  await expect(window.emulation.summary('arm64')).toContainText('proved', { timeout: 240_000 });
  const [arm64] = (await home.foredeckJson<EngineState['handlers']>('emulate', 'list')).filter(
    (handler) => handler.arch === 'arm64',
  );
  expect(arm64).toMatchObject({ state: 'on', flags: 'POCF', lastTest: { ok: true } });
});

test('runs amd64 and arm64 side by side and shows who emulates what', async () => {
  for (const arch of ['amd64', 'arm64'] as const) {
    const tar = await writeBusyboxTar({ home: home.path, folder: home.path, arch });
    await home.dockerOk(['import', '--platform', `linux/${arch}`, tar, `busybox:${arch}`]);
    const run = ['run', '-d', '--platform', `linux/${arch}`, '--name', `on-${arch}`, `busybox:${arch}`];
    await home.dockerOk([...run, 'sh', '-c', 'trap "exit 0" TERM; sleep 100000 & wait']);
  }
  expect(await home.dockerOk(['exec', 'on-amd64', 'uname', '-m'])).toBe('x86_64');
  expect(await home.dockerOk(['exec', 'on-arm64', 'uname', '-m'])).toBe('aarch64');

  await window.goTo('Containers');
  await expect(window.containers.row('on-amd64')).toContainText(/native/i);
  await expect(window.containers.row('on-arm64')).toContainText(/emulated/i);
  await expect(window.containers.row('on-arm64')).toContainText('qemu-aarch64');
  await window.containers.open('on-arm64');
  const tree = window.containers.processes('on-arm64');
  await expect(tree.getByRole('row').filter({ hasText: 'sleep 100000' })).not.toHaveCount(0);
  await expect(tree).not.toContainText('/var/lib/foredeck/emulators');

  const containers = await home.foredeckJson<EngineState['containers']>('ps');
  const foreign = containers.find((container) => container.name === 'on-arm64');
  expect(foreign).toMatchObject({
    arch: 'arm64',
    emulated: true,
    emulator: expect.stringContaining('qemu-aarch64'),
  });
  const sleeping = foreign?.processes.find((process) => process.argv.join(' ') === 'sleep 100000');
  expect(sleeping).toMatchObject({ execution: 'emulated', arch: 'arm64' });
  expect(sleeping?.rawArgv[0]).toContain('qemu-aarch64');
});

test('keeps half-open streams: run -i, exec and attach', async () => {
  const line = 'through the socket and back\n';
  const run = ['run', '-i', '--rm', '--platform', 'linux/arm64', 'busybox:arm64', 'cat'];
  expect((await home.docker(run, { input: line })).stdout).toBe(line);
  expect((await home.docker(['exec', '-i', 'on-amd64', 'cat'], { input: line })).stdout).toBe(line);
  await home.dockerOk(['create', '-i', '--name', 'waiting', 'busybox:amd64', 'cat']);
  const attached = await home.docker(['start', '-a', '-i', 'waiting'], { input: line });
  expect(attached).toMatchObject({ code: 0, stdout: line });
});

test('publishes a port on loopback', async () => {
  const serve = 'echo from the container > /tmp/index.html; exec httpd -f -p 80 -h /tmp';
  await home.dockerOk([
    'run',
    '-d',
    '--name',
    'web',
    '-p',
    '127.0.0.1::80',
    'busybox:amd64',
    'sh',
    '-c',
    serve,
  ]);
  await home.dockerOk(['run', '-d', '--name', 'web-any', '-p', '80', 'busybox:amd64', 'sh', '-c', serve]);
  for (const name of ['web', 'web-any']) {
    const port = (await home.dockerOk(['port', name, '80/tcp'])).split('\n')[0]?.split(':').at(-1);
    await expect
      .poll(async () => fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), String))
      .toBe('from the container\n');
  }
});

test("keeps the host's loopback services to the host", async () => {
  const server = createServer((_request, response) => response.end('the host'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://10.0.2.2:${port}/`;
    const guest = await home.foredeck(['shell', '--', 'curl', '-sS', '--max-time', '10', url]);
    expect(guest.stdout).toBe('');
    expect(guest.stderr).toContain('Failed to connect');
    const container = await home.docker(['exec', 'on-amd64', 'wget', '-T', '10', '-q', '-O', '-', url]);
    expect(container.code).not.toBe(0);
    expect(container.stdout).toBe('');
  } finally {
    server.close();
  }
});

test('types in a terminal inside the VM', async () => {
  await window.goTo('Terminal');
  await window.terminal.openButton.click();
  await expect(window.terminal.screen).toContainText('#');
  await window.terminal.run('echo "arch: $(uname -m), sum: $((40 + 2))"');
  await expect(window.terminal.screen).toContainText('arch: x86_64, sum: 42');
  await page.reload();
  await window.goTo('Terminal');
  await expect(window.terminal.screen).toContainText('arch: x86_64, sum: 42');
  expect(await home.foredeck(['shell', '--', 'sh', '-c', 'cat; exit 7'], { input: 'in\n' })).toMatchObject({
    code: 7,
    stdout: 'in\n',
  });
});

test('builds one image for two platforms, and both run', async () => {
  const dockerfile = [
    'FROM scratch',
    'ARG TARGETARCH',
    'ADD busybox-$TARGETARCH.tar /',
    'RUN uname -m > /arch',
    '',
  ];
  await writeFile(join(home.path, 'Dockerfile'), dockerfile.join('\n'));
  await writeFile(join(home.path, '.dockerignore'), '*\n!busybox-*.tar\n');
  await home.dockerOk(['build', '--platform', 'linux/amd64,linux/arm64', '-t', 'letsgo:1.0', home.path]);
  for (const [arch, machine] of [
    ['amd64', 'x86_64'],
    ['arm64', 'aarch64'],
  ] as const) {
    const run = ['run', '--rm', '--platform', `linux/${arch}`, 'letsgo:1.0', 'cat', '/arch'];
    expect(await home.dockerOk(run)).toBe(machine);
  }
});

test('does on the page what people do with containers, volumes and builds, and Docker agrees', async () => {
  const talk = 'trap "exit 0" TERM; while :; do n=$((n+1)); echo "line $n"; sleep 1; done';
  const program = `echo "kept by $(uname -m)" >/kept/note; ${talk}`;
  const run = ['run', '-d', '--name', 'talker', '-v', 'kept:/kept', 'busybox:arm64', 'sh', '-c', program];
  await home.dockerOk(run);
  const state = () => home.dockerOk(['inspect', '-f', '{{.State.Status}}', 'talker']);
  const { containers, volumes, terminal } = window;
  await window.goTo('Containers');
  await expect(containers.row('talker')).toContainText(/[\d.]+ [KM]iB/);
  await containers.open('talker', 'Logs');
  await expect(containers.log).toContainText(/line \d+/);
  await containers.tab('Files').click();
  await expect(containers.files('/').getByRole('row').filter({ hasText: 'kept' })).toBeVisible();
  await containers.back();
  await containers.choose('talker', 'Terminal');
  await expect(terminal.tabs.filter({ hasText: 'talker' })).toHaveAttribute('aria-selected', 'true');
  await expect(terminal.screen).toContainText('/ #');
  await terminal.run('cat /kept/note');
  await expect(terminal.screen).toContainText('kept by aarch64');

  await window.goTo('Containers');
  await containers.button('Stop talker').click();
  await expect.poll(state).toBe('exited');
  await containers.button('Start talker').click();
  await expect.poll(state).toBe('running');
  await containers.choose('talker', 'Remove…');
  await containers.confirmation.getByRole('button', { name: 'Kill and remove' }).click();
  await expect(containers.row('talker')).toHaveCount(0);
  expect(await home.dockerOk(['ps', '-aq', '--filter', 'name=talker'])).toBe('');

  await window.goTo('Volumes');
  await expect(volumes.row('kept')).toContainText('Not used');
  await volumes.choose('kept', 'Remove…');
  await volumes.confirmation.getByRole('button', { name: 'Remove with its data' }).click();
  await expect(volumes.row('kept')).toHaveCount(0);
  expect((await home.dockerOk(['volume', 'ls', '-q'])).split('\n')).not.toContain('kept');

  await window.goTo('Builds');
  const builds = page.getByRole('list', { name: 'Builds' });
  await expect(builds).toContainText('linux/amd64, linux/arm64');
  await expect(builds).toContainText('letsgo:1.0');
});

test('switched off, a foreign program no longer starts and running ones go on', async () => {
  await window.goTo('Emulation');
  await window.emulation.switchOff('arm64');
  await expect(window.emulation.summary('arm64')).toContainText(/^Off/);
  const run = await home.docker(['run', '--rm', '--platform', 'linux/arm64', 'busybox:arm64', 'uname', '-m']);
  expect(run.code).not.toBe(0);
  expect(run.stderr + run.stdout).toContain('exec format error');
  expect(await home.dockerOk(['inspect', '-f', '{{.State.Running}}', 'on-arm64'])).toBe('true');
  await home.foredeckJson('emulate', 'arm64', 'on');
});

test('a killed engine loses nothing: the next one adopts the VM', async () => {
  const before = await home.foredeckJson<EngineState['status']>('status');
  const client = await home.connect();
  kill(client.info.host.enginePid);
  await client.closed;
  expect(isAlive(before.vms[0]?.pid), 'QEMU outlives its engine').toBe(true);
  await home.connect().then((next) => next.close());
  const after = await home.foredeckJson<EngineState['status']>('start');
  expect(after).toMatchObject({ state: 'running', adopted: true, pid: before.vms[0]?.pid });
  expect(await home.dockerOk(['inspect', '-f', '{{.State.Running}}', 'on-arm64'])).toBe('true');
  await window.goTo('Containers');
  await expect(window.containers.row('on-arm64')).toContainText('qemu-aarch64');
});

test('a killed QEMU is told with its last words, and one click brings the data back', async () => {
  const { vms } = await home.foredeckJson<EngineState['status']>('status');
  kill(vms[0]?.pid);
  await window.goTo('Overview');
  await expect(window.overview.state).toHaveText('Broken');
  // Not with which signal: this QEMU was adopted, and only a parent is told.
  await expect(window.overview.problem).toContainText('its QEMU ended');
  await expect(window.overview.problem).toContainText('@foredeck stage=dockerd');
  await window.goTo('Containers');
  await expect(window.containers.row('on-arm64')).toBeVisible();
  await window.goTo('Overview');
  await window.overview.startButton.click();
  await expect(window.overview.state).toHaveText('Running', { timeout: 240_000 });
  expect(
    await home.dockerOk(['run', '--rm', '--platform', 'linux/arm64', 'letsgo:1.0', 'cat', '/arch']),
  ).toBe('aarch64');
});

test('stops in order and leaves no QEMU and no socket', async () => {
  const { vms } = await home.foredeckJson<EngineState['status']>('status');
  await window.goTo('Overview');
  await window.overview.shutDown();
  await expect(window.overview.state).toHaveText('Stopped', { timeout: 120_000 });
  expect(isAlive(vms[0]?.pid)).toBe(false);
  expect(await readdir(home.path)).not.toContain('docker.sock');
});

test('an engine killed while the VM starts leaves a VM that the next one brings up', async () => {
  const client = await home.connect();
  const starting = home.foredeck(['start']);
  await untilState(client, 'QEMU runs and the guest boots', (state) => {
    const vm = state.vms.service;
    return (
      vm?.state === 'starting' &&
      vm.pid !== null &&
      vm.boot.stages.some((stage) => stage.id === 'init' && stage.atMs)
    );
  });
  kill(client.info.host.enginePid);
  expect((await starting).code).toBe(1);
  const vm = await home.foredeckJson<{ state: string }>('start');
  expect(vm.state).toBe('running');
  expect(await home.dockerOk(['image', 'ls', '-q', 'letsgo:1.0'])).not.toBe('');
});
