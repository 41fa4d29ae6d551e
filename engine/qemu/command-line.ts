import type { HostArch } from '../../contract/arch.ts';
import type { Accelerator } from '../../contract/records.ts';
import type { MachineSize } from '../vm/ports.ts';
import { folderArguments, folderPort, folderSocketInShape, memoryId, sharedMemory } from './folder-device.ts';
import { optionValue } from './option-value.ts';

/** Everything that decides how a VM's QEMU is called. All paths are absolute. */
export interface CommandLineInput {
  readonly arch: HostArch;
  readonly accelerator: Accelerator;
  /** `-cpu` under TCG; null: the measured default. Hardware accelerators always pass the host's own on. */
  readonly cpuModel: string | null;
  readonly name: string;
  readonly uuid: string;
  readonly size: MachineSize;
  readonly kernelPath: string;
  readonly initrdPath: string;
  readonly kernelCommandLine: string;
  readonly rootPath: string;
  readonly dataDiskPath: string;
  readonly consolePath: string;
  readonly qmpSocketPath: string;
  readonly pidFilePath: string;
  /** Whether guest memory can be another process's as well, as a folder server wants it; the host's kernel decides. */
  readonly memoryIsShared: boolean;
  /** Where its folder server listens; null: it has none. */
  readonly folderSocketPath: string | null;
}

/** QEMU's system emulators by guest architecture. */
export const qemuBinaries: Readonly<Record<HostArch, string>> = {
  amd64: 'qemu-system-x86_64',
  arm64: 'qemu-system-aarch64',
};

/**
 * `-cpu` where QEMU emulates the processor. amd64: Nehalem, the newest model without AVX; glibc then takes its SSE2
 * string functions, which TCG translates better: a quarter less boot time than `max`. AES instructions besides, which
 * QEMU has the host's processor carry out: SSH's cipher then costs a sixth (docs/decisions/0009). arm64: `max`, which has
 * them, without pointer authentication, whose QARMA hashes are computed in software at every function call.
 */
export const emulatedCpuModels: Readonly<Record<HostArch, string>> = {
  amd64: 'Nehalem,+aes,+pclmulqdq',
  arm64: 'max,pauth=off',
};

/** QEMU's arguments. Pure: the same input gives the same command line. */
export function commandLine(input: CommandLineInput): string[] {
  return [
    ...['-name', `foredeck-${input.name}`],
    ...['-uuid', input.uuid],
    ...['-machine', machine(input)],
    ...['-accel', accelerator(input.accelerator)],
    ...['-cpu', cpu(input)],
    ...['-smp', String(input.size.cpus)],
    ...['-m', `${input.size.memoryMiB}M`],
    ...(input.memoryIsShared ? sharedMemory(input.size.memoryMiB) : []),
    // Only what is listed here exists: no default devices, no user's configuration, no window. -no-reboot turns a
    // guest's reboot, and its panic, into QEMU's exit, which the state machine sees.
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-pidfile', input.pidFilePath],
    ...['-kernel', input.kernelPath],
    ...['-initrd', input.initrdPath],
    ...['-append', input.kernelCommandLine],
    ...rootDisk(input.rootPath),
    ...dataDisk(input.dataDiskPath),
    ...hotPlugPorts.flatMap(hotPlugPort),
    ...folderPort(hotPlugPorts.length + 1),
    ...network(),
    ...['-device', 'virtio-rng-pci'],
    // Gives pages the guest has freed back to the host without anybody asking (Linux 5.7 and later guests).
    ...['-device', 'virtio-balloon-pci,free-page-reporting=on'],
    ...['-chardev', `file,id=console,path=${optionValue(input.consolePath)},append=on`],
    ...['-serial', 'chardev:console'],
    ...['-qmp', `unix:${optionValue(input.qmpSocketPath)},server=on,wait=off`],
    ...(input.folderSocketPath === null ? [] : folderArguments(input.folderSocketPath)),
  ];
}

/** QEMU's arguments that make it wait for a saved memory, and then for `cont`. */
export const incomingArguments = ['-S', '-incoming', 'defer'];

/**
 * The machine itself, whatever its files are called and its kernel was told: a saved memory fits a machine of the same
 * shape and no other.
 */
export function machineShape(input: CommandLineInput): string[] {
  return commandLine({
    ...input,
    kernelPath: 'kernel',
    initrdPath: 'initrd',
    kernelCommandLine: '',
    rootPath: 'root',
    dataDiskPath: 'data',
    consolePath: 'console',
    qmpSocketPath: 'qmp',
    pidFilePath: 'pid',
    folderSocketPath: input.folderSocketPath === null ? null : folderSocketInShape,
  });
}

function machine(input: CommandLineInput): string {
  return input.memoryIsShared ? `${board(input)},memory-backend=${memoryId}` : board(input);
}

/** q35 and pc boot the same kernel in the same CPU time (measured, docs/decisions); q35 is the one with PCI Express. */
function board({ arch, accelerator }: CommandLineInput): string {
  if (arch === 'amd64') return 'q35';
  // The default interrupt controller (GICv2) ends at 8 processors; `max` is the best the accelerator has. Under HVF
  // the default is what macOS programs are known to run with.
  return accelerator === 'hvf' ? 'virt' : 'virt,gic-version=max';
}

function accelerator(name: Accelerator): string {
  // One host thread for each virtual processor; without it QEMU may fall back to a single one.
  return name === 'tcg' ? 'tcg,thread=multi' : name;
}

function cpu({ arch, accelerator, cpuModel }: CommandLineInput): string {
  return accelerator === 'tcg' ? (cpuModel ?? emulatedCpuModels[arch]) : 'host';
}

function rootDisk(path: string): string[] {
  return [
    ...['-drive', `if=none,id=root,format=raw,readonly=on,file=${optionValue(path)}`],
    ...['-device', 'virtio-blk-pci,drive=root,serial=root'],
  ];
}

function dataDisk(path: string): string[] {
  return [
    // discard and detect-zeroes: what the guest trims or clears leaves the file on the host.
    ...['-drive', `if=none,id=data,format=qcow2,discard=unmap,detect-zeroes=unmap,file=${optionValue(path)}`],
    // stop: a full host pauses the guest, which can run on later; `report` would tear its file system.
    ...['-device', 'virtio-blk-pci,drive=data,serial=data,werror=stop,rerror=stop'],
  ];
}

/** PCI Express takes new devices in root ports alone, which a machine has from its start or never. */
export const hotPlugPorts = ['plug0', 'plug1'] as const;

/** Without room for I/O ports, which virtio's modern devices do not have and a PC has few of. */
function hotPlugPort(id: string, at: number): string[] {
  return ['-device', `pcie-root-port,id=${id},chassis=${at + 1},io-reserve=0`];
}

function network(): string[] {
  return [
    // hostfwd port 0: the host's kernel picks a free port, so that two programs can never race for one; QEMU tells
    // which (`info usernet`). IPv6 is off because QEMU's own router offers addresses that lead nowhere.
    ...['-netdev', `user,id=${netdevId},restrict=off,ipv6=off,hostfwd=tcp:127.0.0.1:0-:${guestSshPort}`],
    // Without its boot ROM, which only network boot needs and some distributions package apart.
    ...['-device', `virtio-net-pci,netdev=${netdevId},romfile=`],
  ];
}

/** QEMU's name of the guest's only network, which hostfwd commands refer to. */
export const netdevId = 'net0';

/** Where the guest's sshd listens. */
export const guestSshPort = 22;
