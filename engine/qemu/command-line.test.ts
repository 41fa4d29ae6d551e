import { describe, expect, test } from 'vitest';
import { type CommandLineInput, commandLine, machineShape } from './command-line.ts';
import { folderArguments, folderSocketInShape, hasFolderDevice, takesFolderDevice } from './folder-device.ts';

const input: CommandLineInput = {
  arch: 'amd64',
  accelerator: 'kvm',
  cpuModel: null,
  name: 'service',
  uuid: '6d3b42a6-0c3d-4d4e-9df0-7c1df0a5a001',
  size: { cpus: 4, memoryMiB: 2048 },
  kernelPath: '/h/images/a/vmlinuz',
  initrdPath: '/h/vms/service/initrd.img',
  kernelCommandLine: 'console=ttyS0 panic=-1',
  rootPath: '/h/images/a/root.squashfs',
  dataDiskPath: '/h/vms/service/data.qcow2',
  consolePath: '/h/vms/service/console.log',
  qmpSocketPath: '/h/vms/service/qmp.sock',
  pidFilePath: '/h/vms/service/qemu.pid',
  memoryIsShared: true,
  folderSocketPath: null,
};

/** One option a line, as a person would write it. */
function lines(change: Partial<CommandLineInput>): string {
  return commandLine({ ...input, ...change })
    .join(' ')
    .replaceAll(/ (?=-[a-z])/g, '\n');
}

describe('commandLine', () => {
  test('amd64 under KVM', () => {
    expect(lines({})).toMatchInlineSnapshot(`
      "-name foredeck-service
      -uuid 6d3b42a6-0c3d-4d4e-9df0-7c1df0a5a001
      -machine q35,memory-backend=memory
      -accel kvm
      -cpu host
      -smp 4
      -m 2048M
      -object memory-backend-memfd,id=memory,size=2048M,share=on
      -nodefaults
      -no-user-config
      -display none
      -no-reboot
      -pidfile /h/vms/service/qemu.pid
      -kernel /h/images/a/vmlinuz
      -initrd /h/vms/service/initrd.img
      -append console=ttyS0 panic=-1
      -drive if=none,id=root,format=raw,readonly=on,file=/h/images/a/root.squashfs
      -device virtio-blk-pci,drive=root,serial=root
      -drive if=none,id=data,format=qcow2,discard=unmap,detect-zeroes=unmap,file=/h/vms/service/data.qcow2
      -device virtio-blk-pci,drive=data,serial=data,werror=stop,rerror=stop
      -device pcie-root-port,id=plug0,chassis=1,io-reserve=0
      -device pcie-root-port,id=plug1,chassis=2,io-reserve=0
      -device pcie-root-port,id=share0,chassis=3,io-reserve=0
      -netdev user,id=net0,restrict=off,ipv6=off,hostfwd=tcp:127.0.0.1:0-:22
      -device virtio-net-pci,netdev=net0,romfile=
      -device virtio-rng-pci
      -device virtio-balloon-pci,free-page-reporting=on
      -chardev file,id=console,path=/h/vms/service/console.log,append=on
      -serial chardev:console
      -qmp unix:/h/vms/service/qmp.sock,server=on,wait=off"
    `);
  });

  for (const arch of ['amd64', 'arm64'] as const) {
    for (const accelerator of ['kvm', 'hvf', 'tcg'] as const) {
      test(`machine, accelerator and processor: ${arch} under ${accelerator}`, () => {
        expect(lines({ arch, accelerator, memoryIsShared: false }).split('\n').slice(2, 5)).toMatchSnapshot();
      });
    }
  }

  test('a person may choose the emulated processor, and only that', () => {
    expect(lines({ accelerator: 'tcg', cpuModel: 'max,pauth=off' })).toContain('-cpu max,pauth=off');
    expect(lines({ accelerator: 'kvm', cpuModel: 'max' })).toContain('-cpu host');
  });

  test('a folder server is one more device, and memory that it can map', () => {
    const folderSocketPath = '/h/vms/service/folders.sock';
    expect(commandLine({ ...input, folderSocketPath }).slice(-4)).toEqual([
      '-chardev',
      'socket,id=folders,path=/h/vms/service/folders.sock',
      '-device',
      'vhost-user-fs-pci,id=folders,chardev=folders,tag=foredeck,queue-size=1024,bus=share0',
    ]);
    expect(lines({ memoryIsShared: false })).not.toContain('memory');
  });

  test('a machine that got its folders while it ran has the shape of one that had them from the start', () => {
    const later = [...machineShape(input), ...folderArguments(folderSocketInShape)];
    expect(later).toEqual(machineShape({ ...input, folderSocketPath: '/h/vms/service/folders.sock' }));
    expect([later, machineShape(input)].map(hasFolderDevice)).toEqual([true, false]);
    expect(takesFolderDevice(machineShape(input))).toBe(true);
    expect(takesFolderDevice(machineShape({ ...input, memoryIsShared: false }))).toBe(false);
  });

  test('a comma in a path stays part of the path', () => {
    const args = commandLine({
      ...input,
      rootPath: '/h/a,readonly=off',
      dataDiskPath: '/h/b,c',
      consolePath: '/h/d,e',
      qmpSocketPath: '/h/f,g',
      kernelPath: '/h/i,j',
    });
    expect(args).toContain('if=none,id=root,format=raw,readonly=on,file=/h/a,,readonly=off');
    expect(args.join(' ')).toContain('file=/h/b,,c');
    expect(args.join(' ')).toContain('path=/h/d,,e,append=on');
    expect(args).toContain('unix:/h/f,,g,server=on,wait=off');
    expect(args).toContain('/h/i,j');
  });
});
