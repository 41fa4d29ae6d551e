import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { Vm } from '../../contract/records.ts';
import type { Reclaimed, VmFigures } from '../../contract/vm-figures.ts';
import { CheckedLog } from '../../engine/testing/checked-log.ts';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import { WindowPage } from '../pages/window-page.ts';
import type { EngineState } from './engine-state.ts';
import { logBarrier } from './log-barrier.ts';
import { isAlive, kill, RealHome } from './real-home.ts';

/*
 * Suspend and resume in one real VM whose containers write all the time, one native and one emulated: over and over,
 * killed at every step, and refused where the saved state does not fit any more.
 */
test.describe.configure({ mode: 'serial' });

let home: RealHome;
let served: Awaited<ReturnType<RealHome['serve']>>;
let page: Page;
let window: WindowPage;
let logs: readonly CheckedLog[];

test.beforeAll(async ({ browser }) => {
  home = await RealHome.make();
  page = await browser.newPage();
  window = new WindowPage(page);
});

test.afterAll(async () => {
  await page?.close();
  await served?.stop();
  await home?.dispose();
  expect(await home?.processesLeft(), 'processes of this home').toEqual([]);
});

const stop = () => home.foredeckJson<Vm>('stop', '--suspend');
const start = () => home.foredeckJson<Vm>('start');
const status = async (): Promise<Vm | undefined> =>
  (await home.foredeckJson<EngineState['status']>('status')).vms[0];
const engineLog = () => join(home.path, 'engine.log');

/** Every line of every log, as many as there are by now. */
const checkAll = () => Promise.all(logs.map((log) => log.check()));

test('has two containers that write all the time', async () => {
  test.setTimeout(600_000);
  expect((await start()).state, await home.lastWords()).toBe('running');
  const client = await home.connect();
  await client.calls.dockerCli.install();
  await client.close();
  await home.foredeckJson('emulate', 'arm64', 'on');
  const started: CheckedLog[] = [];
  for (const arch of ['amd64', 'arm64'] as const) {
    const tar = await writeBusyboxTar({ home: home.path, folder: home.path, arch });
    await home.dockerOk(['import', '--platform', `linux/${arch}`, tar, `busybox:${arch}`]);
    started.push(await CheckedLog.start(home, { image: `busybox:${arch}`, name: `log-${arch}` }));
  }
  logs = started;
  for (const log of logs) await log.beyond(3);
});

test('five times suspended and resumed, nothing is lost and nothing starts anew', async () => {
  test.setTimeout(600_000);
  const pids = await Promise.all(logs.map((log) => log.pid()));
  for (let cycle = 0; cycle < 5; cycle += 1) {
    const counts = await checkAll();
    const before = await status();
    const suspended = await stop();
    expect(suspended).toMatchObject({ state: 'suspended', pid: null, savedState: { problem: null } });
    expect(isAlive(before?.pid), 'QEMU ended').toBe(false);
    const resumed = await start();
    expect(resumed, await home.lastWords()).toMatchObject({ state: 'running', savedState: null });
    for (const [index, log] of logs.entries()) await log.beyond(counts[index] ?? 0);
    expect(await Promise.all(logs.map((log) => log.pid()))).toEqual(pids);
    const guestSeconds = Number(await home.dockerOk(['exec', 'log-amd64', 'date', '+%s']));
    expect(Math.abs(guestSeconds - Date.now() / 1_000), 'the guest’s clock is right').toBeLessThan(5);
  }
});

test('suspends and resumes from the page', async () => {
  served = await home.serve();
  await window.open(served.url);
  await expect(window.overview.state).toHaveText('Running');
  await window.overview.suspend();
  await expect(window.overview.state).toHaveText('Suspended', { timeout: 60_000 });
  await window.goTo('Containers');
  await expect(window.containers.row('log-arm64')).toBeVisible();
  await window.goTo('Overview');
  await window.overview.resume();
  await expect(window.overview.state).toHaveText('Running', { timeout: 60_000 });
  await checkAll();
});

/** Barriers of `stop` and `start`, in the words of engine.log. */
const barriers = [
  { during: 'stop', words: 'suspend: stopped' },
  { during: 'stop', words: 'suspend: saved' },
  { during: 'stop', words: 'suspend: published' },
  { during: 'start', words: 'resume: loaded' },
  { during: 'start', words: 'resume: consumed' },
  { during: 'start', words: 'resume: running' },
] as const;

/** One for each outcome: the engine finishes, the state is whole, the disk boots. The other steps end like the last. */
const barriersOfQemu: readonly string[] = ['suspend: saved', 'suspend: published', 'resume: consumed'];

for (const victim of ['engine', 'QEMU'] as const) {
  const steps = barriers.filter(({ words }) => victim === 'engine' || barriersOfQemu.includes(words));
  for (const { during, words } of steps) {
    test(`${victim} killed at "${words}" loses nothing`, async () => {
      test.setTimeout(240_000);
      const counts = await checkAll();
      if (during === 'start') await stop();
      const barrier = await logBarrier(engineLog());
      const client = await home.connect();
      const command = home.foredeck(during === 'stop' ? ['stop', '--suspend'] : ['start']);
      await barrier.seen(words);
      const pid = victim === 'engine' ? client.info.host.enginePid : await qemuPid();
      if (pid !== null) kill(pid);
      await command;
      await client.close();
      expect(await start(), await home.lastWords()).toMatchObject({ state: 'running', savedState: null });
      for (const [index, log] of logs.entries()) {
        expect(await log.beyond((counts[index] ?? 0) - 1)).toBeGreaterThanOrEqual(counts[index] ?? 0);
      }
    });
  }
}

/** Of the QEMU which runs now; null when it has ended by itself meanwhile. */
async function qemuPid(): Promise<number | null> {
  const text = await readFile(join(home.path, 'vms/service/qemu.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 1 && isAlive(pid) ? pid : null;
}

test('a state that does not fit any more is refused with the choice, and can be discarded', async () => {
  const counts = await checkAll();
  await stop();
  const client = await home.connect();
  await client.calls.settings.set({ cpuModel: 'Westmere' });
  await client.close();
  const refused = await home.foredeck(['start']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('--discard-state');
  expect(await status()).toMatchObject({ state: 'suspended', savedState: { problem: expect.anything() } });
  const booted = await home.foredeckJson<Vm>('start', '--discard-state');
  expect(booted).toMatchObject({ state: 'running', savedState: null });
  for (const [index, log] of logs.entries()) await log.beyond(counts[index] ?? 0);
});

test('gives disk space back, and shows what is used', async () => {
  const figures: VmFigures = await home.foredeckJson<VmFigures>('stats');
  expect(figures.memory.hostResidentBytes).toBeGreaterThan(figures.memory.guestUsedBytes / 4);
  const inContainer = (program: string) => home.dockerOk(['exec', 'log-amd64', 'sh', '-c', program]);
  const onHost = async () => (await stat(join(home.path, 'vms/service/data.qcow2'))).blocks * 512;
  await inContainer('dd if=/dev/urandom of=/log/big bs=1M count=300 && sync');
  const full = await onHost();
  await inContainer('rm /log/big && sync');
  const { afterBytes } = await home.foredeckJson<Reclaimed>('disk', 'reclaim');
  expect(afterBytes).toBeLessThan(full - 250_000_000);
  expect(await onHost()).toBeLessThan(full - 250_000_000);
});

test('shuts down in order where that is asked for', async () => {
  const before = await status();
  const stopped = await home.foredeckJson<Vm>('stop', '--shut-down');
  expect(stopped).toMatchObject({ state: 'stopped', savedState: null });
  expect(isAlive(before?.pid)).toBe(false);
});
