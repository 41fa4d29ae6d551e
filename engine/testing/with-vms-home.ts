import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import type { Log } from '../base/log.ts';
import { pathsUnder } from '../paths.ts';
import { isQemuOf } from '../qemu/qemu-process.ts';
import { EngineDouble } from './engine-double.ts';
import { withTempFolder } from './temp-folder.ts';
import { tinyGuest } from './tiny-guest.ts';

/** A home whose guest says what it is given; fails when its QEMU is alive at the end. */
export async function withHome(
  guest: string | { text: string; end?: 'reset' | 'count' },
  work: (
    engine: EngineDouble,
    nextEngine: (log?: Log) => Promise<EngineDouble>,
    home: string,
  ) => Promise<void>,
): Promise<void> {
  await withTempFolder(async (home) => {
    const image = await tinyGuest(home, typeof guest === 'string' ? { text: guest } : guest);
    const engines: EngineDouble[] = [];
    const pids = new Set<number>();
    const engine = async (log?: Log): Promise<EngineDouble> => {
      const made = new EngineDouble(home, image, log);
      await made.vms.load();
      void made.seen((vm) => {
        if (vm.pid !== null) pids.add(vm.pid);
        return false;
      });
      engines.push(made);
      return made;
    };
    let passed = false;
    try {
      await work(await engine(), engine, home);
      passed = true;
    } finally {
      const { uuid } = JSON.parse(await readFile(pathsUnder(home).vm('service').record, 'utf8'));
      const alive: number[] = [];
      for (const pid of pids) if (await isQemuOf(pid, uuid)) alive.push(pid);
      for (const pid of alive) process.kill(pid, 'SIGKILL');
      if (passed) expect(alive).toEqual([]);
    }
  });
}
