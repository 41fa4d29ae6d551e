import { expect, test } from 'vitest';
import { pathsUnder } from '../paths.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { tinyGuest } from '../testing/tiny-guest.ts';
import type { MachineIdentity, MachineMatch, VmRecord } from '../vm/ports.ts';
import { emulatedCpuModels, machineShape } from './command-line.ts';
import { hostProcessor } from './host-processor.ts';
import { commandLineInput } from './launch-qemu.ts';
import { misfit } from './resume-machine.ts';

const vm: VmRecord = {
  name: 'service',
  kind: 'service',
  arch: 'amd64',
  uuid: '6d3b42a6-0c3d-4d4e-9df0-7c1df0a5a001',
  diskGiB: 4,
  createdAt: 0,
};
const qemu = { path: '/usr/bin/qemu-system-x86_64', version: '10.0.2', major: 10 };
const size = { cpus: 2, memoryMiB: 2048 };

/** Asks what has changed for a memory that was saved under TCG with the default processor, after `change`. */
async function misfitAfter(change: {
  identity?: Partial<MachineIdentity>;
  wanted?: Partial<MachineMatch['wanted']>;
  home?: string;
}): Promise<string | null> {
  return await withTempFolder(async (folder) => {
    const image = await tinyGuest(folder, { text: '' });
    const paths = pathsUnder(change.home ?? folder).vm('service');
    const machine = { vm, paths, image, size, accelerator: 'tcg', cpuModel: null } as const;
    const shape = machineShape(commandLineInput(machine, null));
    const identity = { qemuVersion: '10.0.2', accelerator: 'tcg', processor: null, size, shape } as const;
    return await misfit(
      {
        vm,
        paths: pathsUnder(folder).vm('service'),
        image,
        identity: { ...identity, ...change.identity },
        wanted: { accelerator: 'auto', cpuModel: null, ...change.wanted },
        signal: new AbortController().signal,
      },
      qemu,
    );
  });
}

test('a memory fits the machine it was saved in, wherever its home has moved to', async () => {
  expect(await misfitAfter({})).toBeNull();
  expect(await misfitAfter({ wanted: { accelerator: 'tcg' } })).toBeNull();
  expect(await misfitAfter({ home: '/home/elsewhere' })).toBeNull();
});

test('what has changed is named', async () => {
  expect(await misfitAfter({ identity: { qemuVersion: '9.2.0' } })).toBe(
    'QEMU 9.2.0, and the one here is 10.0.2',
  );
  expect(await misfitAfter({ wanted: { accelerator: 'kvm' } })).toBe(
    'the accelerator tcg, and the settings say kvm',
  );
  expect(await misfitAfter({ wanted: { cpuModel: 'Westmere' } })).toBe(
    `the CPU model ${emulatedCpuModels.amd64}, and the settings say Westmere`,
  );
  expect(await misfitAfter({ identity: { accelerator: 'kvm', processor: 'another' } })).toBe(
    `the processor another, and the one here is ${await hostProcessor('kvm')}`,
  );
  expect(await misfitAfter({ identity: { shape: ['-name', 'foredeck-service', '-device', 'old'] } })).toBe(
    `other devices ("-device old") than this version of Foredeck gives its VMs ("-uuid ${vm.uuid}")`,
  );
});
