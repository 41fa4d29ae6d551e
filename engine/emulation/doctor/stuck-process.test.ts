import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lookScript, readLooks } from './stuck-process.ts';

/** As QEMU 10.0.13 left them in /proc/PID/status, hanging as process 1 after a load from address 0. */
const crashed = [
  'pid 700',
  'SigBlk:\tfffffffe7ffbfaff',
  'SigIgn:\t0000000000000000',
  'SigCgt:\t00000007000000dc',
  'usage_usec 1250000',
].join('\n');

describe('a main process that crashed and cannot end', () => {
  it('is told by its masks, with its signal', () => {
    const { at, byPid } = readLooks(`1795324600\n${crashed}\n`);
    expect(at).toBe(1_795_324_600_000);
    expect(byPid.get(700)).toEqual({ stuckSignal: 11, cpuMs: 1_250 });
  });

  it('is not one that still handles the signal, or waits for others as well', () => {
    const handling = crashed.replace('00000007000000dc', '00000007000004dc');
    expect(readLooks(`1\n${handling}\n`).byPid.get(700)?.stuckSignal).toBeNull();
    const waiting = crashed.replace('fffffffe7ffbfaff', 'fffffffe7ffaaaff');
    expect(readLooks(`1\n${waiting}\n`).byPid.get(700)?.stuckSignal).toBeNull();
    const ordinary = crashed.replace('fffffffe7ffbfaff', '0000000000000000');
    expect(readLooks(`1\n${ordinary}\n`).byPid.get(700)?.stuckSignal).toBeNull();
  });

  it('is not one that is gone', () => {
    expect(readLooks('1\npid 700\n').byPid.get(700)).toEqual({ stuckSignal: null, cpuMs: null });
  });

  it('is looked for with what every guest has', () => {
    const printed = execFileSync('sh', ['-c', lookScript, 'sh', String(process.pid), '999999999'], {
      encoding: 'utf8',
    });
    const { at, byPid } = readLooks(printed);
    expect(at).toBeGreaterThan(1_700_000_000_000);
    expect([...byPid.keys()]).toEqual([process.pid, 999_999_999]);
    expect(byPid.get(process.pid)?.stuckSignal).toBeNull();
  });
});
