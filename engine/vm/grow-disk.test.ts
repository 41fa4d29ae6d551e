import { expect, test } from 'vitest';
import type { VmState } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { pathsUnder } from '../paths.ts';
import { scriptedVm } from '../testing/scripted-vm.ts';
import { growDisk } from './grow-disk.ts';

const gib = 1024 ** 3;

/** A VM with a disk of 64 GiB; what is done to it is noted, and may fail. */
class GrowingVm {
  readonly done: string[] = [];
  readonly vm;
  guestSays = { code: 0, stdout: '', stderr: '' };
  qemuFails = false;

  constructor(state: VmState) {
    this.vm = { ...scriptedVm(pathsUnder('/home')), state };
  }

  async grow(diskGiB: number): Promise<void> {
    const connected = this.vm.state === 'running' || this.vm.state === 'degraded';
    await growDisk({
      vm: this.vm,
      diskGiB,
      running: connected
        ? {
            machine: {
              growDataDisk: async (bytes) => {
                if (this.qemuFails) throw new EngineError({ code: 'qemu_failed', message: 'no' });
                this.done.push(`disk ${bytes / gib}`);
              },
            },
            link: {
              exec: async (argv) => {
                this.done.push(argv.join(' '));
                return this.guestSays;
              },
            },
          }
        : undefined,
      remember: async () => {
        this.done.push(`remember ${diskGiB}`);
      },
    });
  }
}

test('a running VM: disk first, then what the next start needs, then the file system', async () => {
  const vm = new GrowingVm('running');
  await vm.grow(80);
  expect(vm.done).toEqual(['disk 80', 'remember 80', `/usr/lib/foredeck/grow-data ${80 * gib}`]);
});

test('a VM that rests grows at its next start', async () => {
  for (const state of ['absent', 'stopped', 'broken'] as const) {
    const vm = new GrowingVm(state);
    await vm.grow(80);
    expect(vm.done).toEqual(['remember 80']);
  }
});

test('nothing is touched where a disk would not be larger, or the VM is suspended or on its way', async () => {
  const running = new GrowingVm('running');
  await expect(running.grow(64)).rejects.toMatchObject({ code: 'bad_input' });
  await expect(running.grow(10)).rejects.toMatchObject({ code: 'bad_input' });
  expect(running.done).toEqual([]);
  for (const state of ['suspended', 'suspending', 'starting', 'stopping', 'composing'] as const) {
    const vm = new GrowingVm(state);
    await expect(vm.grow(80)).rejects.toMatchObject({ code: 'wrong_state' });
    expect(vm.done).toEqual([]);
  }
});

test('a disk that QEMU cannot grow stays as it was', async () => {
  const vm = new GrowingVm('running');
  vm.qemuFails = true;
  await expect(vm.grow(80)).rejects.toMatchObject({ code: 'qemu_failed' });
  expect(vm.done).toEqual([]);
});

test('a file system that does not follow is told, with what is left to do', async () => {
  const vm = new GrowingVm('running');
  vm.guestSays = { code: 1, stdout: '', stderr: 'resize2fs: no such luck\n' };
  await expect(vm.grow(80)).rejects.toMatchObject({
    code: 'guest_command_failed',
    message:
      'The disk of VM "service" has 80 GiB now, but the file system on it did not follow: resize2fs: no such luck.',
    hint: expect.stringContaining('Restart the VM'),
  });
  expect(vm.done).toContain('remember 80');
});
