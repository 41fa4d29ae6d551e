import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { orAborted } from '../base/time.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { patienceMs } from './boot-stages.ts';
import { BootTimeline } from './boot-timeline.ts';
import { watchBoot } from './watch-boot.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const forever = new Promise<never>(() => undefined);

function bootOf(timeline: BootTimeline, change: { consolePath?: string; signal?: AbortSignal } = {}) {
  return {
    vm: 'service',
    timeline,
    emulated: true,
    consolePath: '/nowhere',
    signal: new AbortController().signal,
    ...change,
  };
}

test('names the stage that is missing, what to do, and the console’s last lines', async () => {
  await withTempFolder(async (folder) => {
    const consolePath = join(folder, 'console.log');
    await writeFile(consolePath, '@foredeck stage=network\r\nsshd: no hostkeys available\r\n');
    const timeline = new BootTimeline(Date.now());
    for (const id of ['qemu', 'kernel', 'init', 'disks', 'network'] as const) timeline.reach(id);
    let workSignal: AbortSignal | undefined;
    const boot = watchBoot(bootOf(timeline, { consolePath }), async (signal) => {
      workSignal = signal;
      await orAborted(forever, signal);
    });
    const failure = expect(boot).rejects.toMatchObject({
      code: 'boot_failed',
      message: `VM "service" did not come up: no sign of the SSH server within ${patienceMs('sshd', true) / 1_000} s.`,
      details: { stage: 'sshd', console: '@foredeck stage=network\nsshd: no hostkeys available' },
    });
    await vi.advanceTimersByTimeAsync(patienceMs('sshd', true));
    await failure;
    expect(workSignal?.aborted).toBe(true);
    expect(timeline.stages.find((stage) => stage.id === 'sshd')?.problem).toContain('no sign of');
  });
});

test('each stage that is reached begins a new wait', async () => {
  const timeline = new BootTimeline(Date.now());
  const done = Promise.withResolvers<string>();
  const boot = watchBoot(bootOf(timeline), () => done.promise);
  for (const id of ['qemu', 'kernel', 'init', 'disks', 'network', 'sshd'] as const) {
    await vi.advanceTimersByTimeAsync(patienceMs(id, true) - 1);
    timeline.reach(id);
  }
  done.resolve('up');
  expect(await boot).toBe('up');
  expect(vi.getTimerCount()).toBe(0);
});

test('a cancelled boot is cancelled, not late', async () => {
  const cancelling = new AbortController();
  const boot = watchBoot(bootOf(new BootTimeline(Date.now()), { signal: cancelling.signal }), () => forever);
  cancelling.abort(new Error('stop pressed'));
  await expect(boot).rejects.toThrow('stop pressed');
  expect(vi.getTimerCount()).toBe(0);
});
