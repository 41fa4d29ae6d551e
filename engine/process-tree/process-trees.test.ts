import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { LocalGuest } from '../testing/local-guest.ts';
import { createProcessTrees, type ProcessTrees } from './process-trees.ts';

/** This machine's own /proc, read by the guest's script. */
describe.skipIf(process.platform !== 'linux')('process trees', () => {
  let guest: LocalGuest;
  let trees: ProcessTrees;
  const started: ChildProcess[] = [];
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: false });
    trees = createProcessTrees({ log: silentLog, intervalMs: 20, lingerMs: 0 });
    trees.attach({ name: 'service', arch }, guest);
  });

  afterEach(async () => {
    const exits = started.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined));
    for (const child of started.splice(0)) child.stdin?.end();
    await Promise.all(exits);
    await guest.close();
    expect(guest.alive).toBe(0);
  });

  async function start(program: string, args: string[], argv0 = program): Promise<ChildProcess> {
    const child = spawn(program, args, { argv0, stdio: ['pipe', 'ignore', 'ignore'] });
    started.push(child);
    await once(child, 'spawn');
    return child;
  }

  it('starts nothing before somebody looks', () => {
    expect(guest.commands).toEqual([]);
  });

  it('shows processes as they are, hostile arguments included', async () => {
    const script = 'read line';
    const child = await start('/bin/sh', ['-c', script, 'new\nline', '', '\u001b[31m', '…']);
    const sample = await trees.sample('service', null);
    const seen = sample.processes.find(({ pid }) => pid === child.pid);
    expect(seen).toMatchObject({
      ppid: process.pid,
      uid: process.getuid?.(),
      execution: 'native',
      arch,
      emulator: null,
      argv: ['/bin/sh', '-c', script, 'new\nline', '', '\u001b[31m', '…'],
      threads: 1,
      containerId: null,
    });
    expect(seen?.rawArgv).toEqual(seen?.argv);
    expect(Math.abs((seen?.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(sample.processes.findIndex(({ pid }) => pid === process.pid)).toBeLessThan(
      sample.processes.findIndex(({ pid }) => pid === child.pid),
    );
  });

  it('follows a process which becomes another program', async () => {
    const child = spawn('/bin/sh', ['-c', 'read go; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
    started.push(child);
    const argvNow = async (): Promise<string[] | undefined> =>
      (await trees.sample('service', null)).processes.find(({ pid }) => pid === child.pid)?.argv;
    expect(await argvNow()).toEqual(['/bin/sh', '-c', 'read go; exec cat']);
    child.stdin.write('go\nhere\n');
    await once(child.stdout, 'data');
    expect(await argvNow()).toEqual(['cat']);
  });

  it('shows no kernel threads', async () => {
    const { processes } = await trees.sample('service', null);
    expect(processes.filter(({ comm }) => comm === 'kthreadd')).toEqual([]);
  });

  it('holds 500 processes', async () => {
    const parent = await start('/bin/sh', ['-c', 'for i in $(seq 500); do cat <&3 & done 3<&0; exec cat']);
    const children = async (): Promise<number> =>
      (await trees.sample('service', null)).processes.filter(
        ({ ppid, comm }) => ppid === parent.pid && comm === 'cat',
      ).length;
    await expect.poll(children, { timeout: 20_000 }).toBe(500);
  });

  it('knows nothing of an unknown container', async () => {
    const id = 'f'.repeat(64);
    expect((await trees.sample('service', id)).processes).toEqual([]);
    expect(await trees.probeExecution('service', [id])).toEqual(
      new Map([[id, { execution: 'unknown', emulator: null, arch: null }]]),
    );
  });

  it('shares one sampler between watchers and ends it with the last', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const watchers = [first, second].map(({ signal }) => trees.watch('service', null, signal));
    for (const watcher of watchers) {
      expect((await watcher.next()).value?.processes.length).toBeGreaterThan(0);
      await watcher.next();
    }
    expect(guest.commands).toHaveLength(1);
    first.abort();
    expect(await watchers[0]?.next()).toEqual({ done: true, value: undefined });
    expect(guest.alive).toBe(1);
    second.abort();
    expect(await watchers[1]?.next()).toEqual({ done: true, value: undefined });
    await expect.poll(() => guest.alive).toBe(0);
  });

  it('leaves nothing behind when a reader walks away', async () => {
    for await (const sample of trees.watch('service', null, new AbortController().signal)) {
      expect(sample.processes.length).toBeGreaterThan(0);
      break;
    }
    await expect.poll(() => guest.alive).toBe(0);
  });

  it('waits while the VM is away and goes on when it is back', async () => {
    const reading = new AbortController();
    const watcher = trees.watch('service', null, reading.signal);
    await watcher.next();
    await guest.close();
    await expect(trees.sample('service', null)).rejects.toMatchObject({ code: 'wrong_state' });
    const next = watcher.next();
    guest = await LocalGuest.start({ privateBinfmt: false });
    trees.attach({ name: 'service', arch }, guest);
    expect((await next).value?.processes.length).toBeGreaterThan(0);
    reading.abort();
    await watcher.next();
    await expect.poll(() => guest.alive).toBe(0);
  });

  it('starts a new sampler after one was killed', async () => {
    const reading = new AbortController();
    const watcher = trees.watch('service', null, reading.signal);
    await watcher.next();
    const killed = samplersOfThisProcess();
    expect(killed).toHaveLength(1);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    expect((await watcher.next()).value?.processes.length).toBeGreaterThan(0);
    expect(samplersOfThisProcess()).not.toEqual(killed);
    reading.abort();
    await watcher.next();
    await expect.poll(() => guest.alive).toBe(0);
  });

  it('tells a caller when the sampler dies under it', async () => {
    const release = new AbortController();
    const watcher = trees.watch('service', null, release.signal);
    await watcher.next();
    for (const pid of samplersOfThisProcess()) process.kill(pid, 'SIGKILL');
    await expect(trees.sample('service', null)).rejects.toMatchObject({ code: 'guest_command_failed' });
    expect((await trees.sample('service', null)).processes.length).toBeGreaterThan(0);
    release.abort();
    await watcher.next();
  });
});

function samplersOfThisProcess(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        return (
          Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === process.pid &&
          stat.includes('foredeck')
        );
      } catch {
        return false;
      }
    })
    .map(Number);
}
