import { describe, expect, it } from 'vitest';
import type { Process } from '../../contract/process-tree.ts';
import { containerExecutions } from './container-execution.ts';

const box = 'b'.repeat(64);
const interpreter = '/var/lib/foredeck/emulators/10.0.13+ds-0+deb13u1-0123456789ab/qemu-aarch64';

function process(change: Partial<Process>): Process {
  return {
    pid: 10,
    ppid: 1,
    uid: 0,
    state: 'S',
    execution: 'native',
    arch: 'amd64',
    emulator: null,
    argv: ['sleep'],
    rawArgv: ['sleep'],
    comm: 'sleep',
    cpuMs: 0,
    rssBytes: 0,
    threads: 1,
    startedAt: 0,
    containerId: box,
    ...change,
  };
}

const emulated: Partial<Process> = {
  execution: 'emulated',
  arch: 'arm64',
  emulator: 'qemu-aarch64',
  rawArgv: [interpreter, '/bin/sleep', 'sleep'],
};

function executionOf(...processes: Process[]): unknown {
  return containerExecutions(processes, [box]).get(box);
}

describe('containerExecutions', () => {
  it('names the emulator with its version', () => {
    expect(executionOf(process(emulated))).toEqual({
      execution: 'emulated',
      emulator: 'qemu-aarch64 10.0.13',
      arch: 'arm64',
    });
  });

  it("knows no version of somebody else's emulator", () => {
    const other = { ...emulated, rawArgv: ['/usr/bin/qemu-aarch64', '/bin/sleep', 'sleep'] };
    expect(executionOf(process(other))).toMatchObject({ emulator: 'qemu-aarch64' });
  });

  it('calls a container mixed when it has both kinds, of the architecture of its oldest process', () => {
    const child = process({ pid: 11, startedAt: 5 });
    expect(executionOf(child, process(emulated))).toMatchObject({ execution: 'mixed', arch: 'arm64' });
  });

  it('does not take runc, about to become the program, for the program', () => {
    expect(executionOf(process({ comm: 'runc:[2:INIT]' }))).toEqual({
      execution: 'unknown',
      emulator: null,
      arch: null,
    });
  });

  it('answers for every container asked about and no other', () => {
    const stopped = 'd'.repeat(64);
    const answers = containerExecutions([process({}), process({ containerId: null })], [box, stopped]);
    expect([...answers].map(([id, { execution }]) => [id, execution])).toEqual([
      [box, 'native'],
      [stopped, 'unknown'],
    ]);
  });
});
