import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalGuest } from '../testing/local-guest.ts';
import { GuestSampler } from './guest-sampler.ts';

const never = new AbortController().signal;

/** This machine's own /proc, read by the guest's script. */
describe.skipIf(process.platform !== 'linux')('GuestSampler', () => {
  let guest: LocalGuest;
  let sampler: GuestSampler;
  let child: ChildProcess;

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: false });
    sampler = await GuestSampler.start(guest);
    child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    await once(child, 'spawn');
  });

  afterEach(async () => {
    child.stdin?.end();
    if (child.exitCode === null) await once(child, 'exit');
    await sampler.close();
    expect(guest.alive).toBe(0);
    await guest.close();
  });

  it('reads memory of the processes asked for, and of no other', async () => {
    const { pid = 0 } = child;
    const sample = await sampler.sample(never);
    const { processes } = await sampler.memory([pid], never);
    const seen = sample.processes.find((one) => one.pid === pid);
    expect(processes).toEqual([
      { pid, startedAfterBootMs: seen?.startedAfterBootMs, emulatorBytes: expect.any(Number) },
    ]);
    // Of a native program: its own code and libraries, heap and stack, so most of it.
    expect(processes[0]?.emulatorBytes).toBeGreaterThan(0);
    expect(processes[0]?.emulatorBytes).toBeLessThanOrEqual(seen?.rssBytes ?? 0);
  });

  it('says nothing of a process that has ended', async () => {
    child.stdin?.end();
    await once(child, 'exit');
    expect((await sampler.memory([child.pid ?? 0], never)).processes).toEqual([]);
  });

  it('answers questions in their order, whatever they ask', async () => {
    const { pid = 0 } = child;
    const [before, memory, after] = await Promise.all([
      sampler.sample(never),
      sampler.memory([pid, process.pid], never),
      sampler.sample(never),
    ]);
    expect(memory.processes.map((one) => one.pid)).toEqual([pid, process.pid]);
    expect(after.uptimeMs).toBeGreaterThanOrEqual(before.uptimeMs);
  });

  it('tells what containers use between two samples of processes, and nothing of one that is not there', async () => {
    const [sample, all, none, again] = await Promise.all([
      sampler.sample(never),
      sampler.usage(null, never),
      sampler.usage('0'.repeat(64), never),
      sampler.sample(never),
    ]);
    expect(all.uptimeMs).toBeGreaterThanOrEqual(sample.uptimeMs);
    expect(none.containers.size).toBe(0);
    expect(again.processes.length).toBeGreaterThan(0);
    // This machine may run containers; what is found of them are real figures.
    for (const { memoryBytes, cpuMs } of all.containers.values()) {
      expect(memoryBytes).toBeGreaterThanOrEqual(0);
      expect(cpuMs).toBeGreaterThanOrEqual(0);
    }
  });
});
