import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { readState } from '../../cli/with-engine.ts';
import type { Arch } from '../../contract/arch.ts';
import type { Handler } from '../../contract/records.ts';
import { handlerKey, type State } from '../../contract/state.ts';
import type { LensReport } from '../../contract/syscall-lens.ts';
import { programs } from '../../corpus/programs.ts';
import { runPrograms } from '../../corpus/run-programs.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import { WindowPage } from '../pages/window-page.ts';
import { untilState } from './engine-state.ts';
import {
  askDoctor,
  awaitVerdict,
  importFaultImages,
  injectedFaults,
  ordinaryFailures,
} from './injected-faults.ts';
import { RealHome } from './real-home.ts';

/*
 * Emulation one can trust, in one real VM: every architecture proved, what something else changes noticed and put
 * back, every process and every failure explained. The steps build on one another.
 */
test.describe.configure({ mode: 'serial' });

const vm = 'service';
const foreignArches: readonly Arch[] = [
  'arm64',
  'arm/v7',
  'riscv64',
  'ppc64le',
  's390x',
  'mips64le',
  'loong64',
];

let home: RealHome;
let served: Awaited<ReturnType<RealHome['serve']>>;
let client: EngineClient;
let page: Page;
let window: WindowPage;

test.beforeAll(async ({ browser }) => {
  home = await RealHome.make();
  page = await browser.newPage();
  window = new WindowPage(page);
});

test.afterAll(async () => {
  await page?.close();
  await client?.close();
  await served?.stop();
  await home?.dispose();
  expect(await home?.processesLeft(), 'processes of this home').toEqual([]);
});

test('switches every foreign architecture on at once and proves each', async () => {
  test.setTimeout(900_000);
  served = await home.serve();
  client = await home.connect();
  await home.foredeckJson('start');
  await client.calls.dockerCli.install();
  await window.open(served.url);
  await window.goTo('Emulation');
  await page.getByRole('button', { name: 'Switch all on' }).click();
  for (const arch of foreignArches) {
    await expect(window.emulation.summary(arch)).toContainText('proved', { timeout: 600_000 });
  }
  await untilState(client, 'busybox and docker run have followed', (state) =>
    foreignArches.every((arch) => handlerOf(state, arch).lastTest?.complete === true),
  );
  const handlers = await listed();
  for (const handler of handlers.filter(({ state }) => state !== 'native')) {
    const { lastTest } = handler;
    expect(handler, handler.arch).toMatchObject({ state: 'on', flags: 'POCF', lastTest: { ok: true } });
    expect(lastTest?.steps.map(({ id }) => id).slice(0, 9), handler.arch).toEqual([
      'entry',
      'order',
      'run',
      'open-binary',
      'credentials',
      'argv0',
      'signal',
      'isa',
      'syscalls',
    ]);
    expect(lastTest?.missingSyscalls, handler.arch).toContain('ptrace');
  }
  expect(handlers.find(({ arch }) => arch === 'amd64')).toMatchObject({ state: 'native' });
});

test('another version runs side by side: old programs keep theirs, and rolling back is one click', async () => {
  test.setTimeout(400_000);
  const tar = await writeBusyboxTar({ home: home.path, folder: home.path, arch: 'arm64' });
  await home.dockerOk(['import', '--platform', 'linux/arm64', tar, 'busybox:arm64']);
  const run = ['run', '-d', '--init', '--platform', 'linux/arm64', '--name', 'elder', 'busybox:arm64'];
  await home.dockerOk([...run, 'sh', '-c', 'while :; do sleep 1000; done']);
  const stable = handlerOf(await readState(client), 'arm64').emulatorVersion;

  await window.emulation.version('arm64').click();
  await window.emulation.choice(/backports/i).click();
  await untilState(client, 'the other version is on', (state) => {
    const { state: how, choices } = handlerOf(state, 'arm64');
    return how === 'on' && choices.some((choice) => choice.current && choice.suite === 'backports');
  });
  const other = handlerOf(await readState(client), 'arm64').emulatorVersion;
  expect(other).not.toBe(stable);
  await home.dockerOk(['exec', '-d', 'elder', 'sleep', '2000']);
  const versions = async (): Promise<Map<string, string>> => {
    const { processes } = await client.calls.processes.sample({ vm, container: null });
    const emulated = processes.filter((process) => process.execution === 'emulated');
    return new Map(emulated.map((process) => [process.argv.join(' '), process.rawArgv[0] ?? '']));
  };
  await expect.poll(async () => (await versions()).get('sleep 2000')).toContain(other?.split('+')[0]);
  expect((await versions()).get('sleep 1000')).toContain(stable?.split('+')[0]);

  const rolledBack = await home.foredeckJson<Handler>('emulate', 'arm64', 'use', 'previous');
  expect(rolledBack).toMatchObject({ state: 'on', emulatorVersion: stable, lastTest: { ok: true } });
});

test('notices what something else changes, puts it back and says so', async () => {
  test.setTimeout(240_000);
  const inGuest = async (script: string): Promise<void> => {
    expect(await home.foredeck(['shell', '--', 'sh', '-c', script])).toMatchObject({ code: 0 });
  };
  const entries = '/proc/sys/fs/binfmt_misc';
  // As `docker run --privileged multiarch/qemu-user-static --reset` does.
  await inGuest(`echo -1 > ${entries}/qemu-riscv64`);
  const removedAt = Date.now();
  await untilState(client, 'the removed entry is back', (state) => {
    const { drift, state: how } = handlerOf(state, 'riscv64');
    return how === 'on' && drift !== null && drift.restores === 1 && !drift.stopped;
  });
  test.info().annotations.push({ type: 'removed to restored', description: `${Date.now() - removedAt} ms` });
  await expect(window.emulation.drift('riscv64')).toContainText('put back once');
  await inGuest(`test "$(head -n 1 ${entries}/qemu-riscv64)" = enabled`);

  await inGuest(`echo 0 > ${entries}/qemu-s390x`);
  await untilState(client, 'the disabled entry is enabled', (state) => {
    const { drift, state: how } = handlerOf(state, 's390x');
    return how === 'on' && drift?.restores === 1;
  });
});

test('says what breaks before an architecture is switched off', async () => {
  await window.emulation.toggle('arm64').click();
  await expect(window.emulation.dialog).toContainText('elder');
  await expect(window.emulation.dialog).toContainText('sleep 1000');
  await window.emulation.dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(handlerOf(await readState(client), 'arm64').state).toBe('on');
});

test('shows every process of the VM with who emulates it', async () => {
  await window.goTo('Processes');
  const { processes } = window;
  await expect(processes.group('elder')).toBeVisible();
  await processes.search.fill('sleep 1000');
  await expect(processes.rows('sleep 1000')).not.toHaveCount(0);
  await expect(processes.tree).not.toContainText('/var/lib/foredeck/emulators');
  await processes.toggleEmulators();
  await expect(processes.tree).toContainText('/var/lib/foredeck/emulators');
  const tree = await home.foredeck(['tree', 'elder']);
  expect(tree).toMatchObject({ code: 0 });
  expect(tree.stdout).toContain('sleep 1000');
  expect(tree.stdout).toContain('arm64');
});

test('names every injected fault, and keeps silent about ordinary failures', async () => {
  test.setTimeout(900_000);
  await home.foredeckJson('emulate', 'arm64', 'off', '--yes');
  await importFaultImages(home, home.path);
  const named: [string, string | null][] = [];
  for (const fault of injectedFaults) {
    const name = await fault.run(home);
    named.push([fault.name, (await awaitVerdict(client, name))?.rule ?? null]);
  }
  expect(named).toEqual(injectedFaults.map(({ name, rule }) => [name, rule]));
  for (const failure of ordinaryFailures) {
    const name = await failure.run(home);
    if (failure.exitCode !== undefined) {
      const seen = await home.dockerOk(['inspect', '-f', '{{.State.ExitCode}}', name]);
      expect(Number(seen), failure.name).toBe(failure.exitCode);
    }
    expect(await askDoctor(home, name), failure.name).toBeNull();
  }
});

test('explains a failure on its row, and the click that fixes it is remembered', async () => {
  test.setTimeout(240_000);
  await home.foredeckJson('emulate', 'arm64', 'off', '--yes');
  const run = ['run', '--platform', 'linux/arm64', '--name', 'patient', 'busybox:arm64', 'uname', '-m'];
  expect((await home.docker(run)).code).not.toBe(0);
  await window.goTo('Containers');
  await window.containers.search('patient');
  const title = 'arm64 programs do not run in this VM';
  await expect(window.containers.row('patient')).toContainText(title);
  await window.containers.open('patient');
  await window.containers.fix('Switch arm64 on').getByRole('button', { name: 'Switch arm64 on' }).click();
  await untilState(client, 'the container has run', (state) =>
    Object.values(state.containers).some(
      (container) => container.name === 'patient' && container.state === 'exited' && container.exitCode === 0,
    ),
  );
  await expect(window.containers.verdict(title)).toHaveCount(0);
  const remembered = await client.calls.doctor.remembered();
  expect(remembered).toContainEqual(expect.objectContaining({ image: 'busybox:arm64', rule: 'no-handler' }));
});

test('lists the platforms of an image, and says before a start how it will run', async () => {
  test.setTimeout(300_000);
  const dockerfile = 'FROM scratch\nARG TARGETARCH\nADD busybox-$TARGETARCH.tar /\nCMD ["uname", "-m"]\n';
  await writeBusyboxTar({ home: home.path, folder: home.path, arch: 'amd64' });
  await writeFile(join(home.path, 'Dockerfile'), dockerfile);
  await writeFile(join(home.path, '.dockerignore'), '*\n!busybox-*.tar\n');
  await home.dockerOk(['build', '--platform', 'linux/amd64,linux/arm64', '-t', 'both:1', home.path]);
  await window.goTo('Images');
  const { images } = window;
  await expect(images.platforms('both:1')).toContainText('amd64 · native');
  await expect(images.platforms('both:1')).toContainText('arm64 · emulated');
  const { platforms } = await home.foredeckJson<{ platforms: { arch: Arch; execution: string }[] }>(
    'platforms',
    'both:1',
  );
  expect(platforms.map(({ arch, execution }) => `${arch} ${execution}`).sort()).toEqual([
    'amd64 native',
    'arm64 emulated',
  ]);

  await images.row('both:1').getByRole('button', { name: 'Run both:1', exact: true }).click();
  await images.field('Platform').selectOption('arm64');
  await images.field('Name').fill('launched');
  await expect(images.forecast.getByRole('status')).toHaveText('arm64 runs here, emulated.');
  await images.button('Start').click();
  await untilState(client, 'the container has run', (state) =>
    Object.values(state.containers).some(
      (container) => container.name === 'launched' && container.exitCode === 0,
    ),
  );
  expect(await home.dockerOk(['logs', 'launched'])).toBe('aarch64');
});

test('the syscall lens names what the emulator lacks', async () => {
  test.setTimeout(240_000);
  const reports = await client.calls.lens.watch({ vm, container: 'f-uring', mode: 'unimp', seconds: 60 });
  let last: LensReport | undefined;
  for await (const report of reports) last = report;
  expect(last).toMatchObject({ state: 'exited' });
  expect(last?.calls).toContainEqual(
    expect.objectContaining({ name: 'io_uring_setup', number: 425, unsupported: true }),
  );
  expect(await home.dockerOk(['ps', '-a', '--format', '{{.Names}}'])).not.toContain('lens');
});

test('real programs of another architecture run: a part of the corpus', async () => {
  test.setTimeout(900_000);
  const { emulatorVersion } = handlerOf(await readState(client), 'arm64');
  const outcomes: string[] = [];
  await runPrograms({
    client,
    home: home.path,
    vm,
    arch: 'arm64',
    emulator: { suite: 'stable', version: emulatorVersion ?? '' },
    configure: false,
    programs: programs.filter(({ name }) => ['bash', 'perl', 'sqlite'].includes(name)),
    signal: AbortSignal.timeout(880_000),
    report: { say: () => undefined, progress: () => undefined },
    onResult: async (result) => {
      outcomes.push(`${result.program} ${result.outcome}`);
    },
  });
  expect(outcomes.sort()).toEqual(['bash pass', 'perl pass', 'sqlite pass']);
});

async function listed(): Promise<Handler[]> {
  return await home.foredeckJson<Handler[]>('emulate', 'list');
}

function handlerOf(state: State, arch: Arch): Handler {
  const handler = state.handlers[handlerKey(vm, arch)];
  if (!handler) throw new Error(`no handler record of ${arch}`);
  return handler;
}
