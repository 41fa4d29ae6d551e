import { writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import type { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { toEngineError } from '../base/engine-error.ts';
import { orAborted } from '../base/time.ts';
import type { VmPaths } from '../paths.ts';
import type { FolderServers } from '../vm/folder-server.ts';
import type { ComposedImage, MachineSize, MachineSpawn, VmRecord } from '../vm/ports.ts';
import { type CommandLineInput, commandLine, incomingArguments, machineShape } from './command-line.ts';
import { exitWords } from './exit-words.ts';
import type { Qemu } from './find-qemu.ts';
import { hostProcessor } from './host-processor.ts';
import { QemuMachine, removeRunFiles } from './qemu-machine.ts';
import { type QemuProcess, settledWithin, spawnQemu } from './qemu-process.ts';
import { QmpClient } from './qmp-client.ts';
import { type RunFile, writeRunFile } from './run-file.ts';

/** From exec to the control socket: loading QEMU's libraries from a cold disk is the slow part. */
const qmpTimeoutMs = 20_000;

/** Core dumps, where the host writes them, take their time between the last word and the exit. */
const exitFollowsMs = 2_000;

/** One QEMU to be started, for a boot or for a saved memory. */
export interface Launch {
  readonly vm: VmRecord;
  readonly paths: VmPaths;
  readonly image: ComposedImage;
  readonly size: MachineSize;
  readonly accelerator: Accelerator;
  readonly cpuModel: string | null;
  readonly qemu: Qemu;
  /** Verdicts which led to this launch. */
  readonly trials: readonly AcceleratorTrial[];
  /** Epoch milliseconds of the guest's boot where a saved memory is to be loaded; null: it boots now. */
  readonly bootedAt: number | null;
  /** Null: it gets no device for shared folders. */
  readonly folders: FolderServers | null;
  readonly onSpawn: (spawned: MachineSpawn) => void;
  readonly signal: AbortSignal;
}

/** Everything that decides QEMU's command line. */
export function commandLineInput(
  launch: Pick<Launch, 'vm' | 'paths' | 'image' | 'size' | 'accelerator' | 'cpuModel'>,
  folderSocketPath: string | null,
): CommandLineInput {
  const { vm, paths, image, accelerator } = launch;
  return {
    arch: image.record.arch,
    accelerator,
    cpuModel: launch.cpuModel,
    name: vm.name,
    uuid: vm.uuid,
    size: launch.size,
    kernelPath: accelerator === 'tcg' ? image.emulatedKernelPath : image.kernelPath,
    initrdPath: paths.initrd,
    kernelCommandLine: accelerator === 'tcg' ? image.emulatedKernelCommandLine : image.kernelCommandLine,
    rootPath: image.rootPath,
    dataDiskPath: paths.dataDisk,
    consolePath: paths.console,
    qmpSocketPath: paths.qmpSocket,
    pidFilePath: paths.pidFile,
    memoryIsShared: platform() === 'linux',
    folderSocketPath,
  };
}

/** Starts QEMU and writes down what the next engine must know of it. */
export async function launchQemu(launch: Launch): Promise<{ process: QemuProcess; run: RunFile }> {
  const { accelerator, bootedAt, image, paths, qemu, vm } = launch;
  await removeRunFiles(paths);
  if (bootedAt === null) await writeFile(paths.console, '', { mode: 0o600 });
  const server = await launch.folders?.start({
    vm,
    paths,
    required: bootedAt !== null,
    signal: launch.signal,
  });
  const input = commandLineInput(launch, server?.socketPath ?? null);
  const args = [...commandLine(input), ...(bootedAt === null ? [] : incomingArguments)];
  const spawnedAt = Date.now();
  const process = await spawnQemu({ path: qemu.path, args, logPath: paths.qemuLog }).catch(async (thrown) => {
    await server?.end();
    throw thrown;
  });
  // It ends with QEMU's connection, which a QEMU that fails early never makes.
  if (server) void process.exited.then(() => server.end());
  const run: RunFile = {
    version: 2,
    pid: process.pid,
    uuid: vm.uuid,
    // A saved memory is proof enough. What becomes of its QEMU is decided by whether there is still a saved state.
    proved: bootedAt !== null,
    spawnedAt,
    bootedAt: bootedAt ?? spawnedAt,
    qemuVersion: qemu.version,
    accelerator,
    trials: [...launch.trials],
    imageId: image.record.id,
    kernelVersion: image.record.kernelVersion,
    size: launch.size,
    processor: await hostProcessor(accelerator),
    shape: machineShape(input),
    commandLine: [qemu.path, ...args],
  };
  try {
    // At once: an engine killed from here on leaves a QEMU which the next one must find.
    await writeRunFile(paths.run, run);
    launch.onSpawn({ pid: process.pid, accelerator, at: spawnedAt });
    return { process, run };
  } catch (thrown) {
    await endAndForget(process, paths);
    throw thrown;
  }
}

/** The machine when QEMU answers on its control socket; otherwise why not, and nothing is left running. */
export async function connectTo(
  process: QemuProcess,
  run: RunFile,
  launch: Pick<Launch, 'paths' | 'signal'>,
): Promise<QemuMachine | { failure: string }> {
  const { paths, signal } = launch;
  const ended = new AbortController();
  void process.exited.then(() => ended.abort());
  const until = AbortSignal.any([signal, ended.signal]);
  try {
    const qmp = await QmpClient.connect({ path: paths.qmpSocket, timeoutMs: qmpTimeoutMs, signal: until });
    return await orAborted(QemuMachine.connect({ run, process, qmp, paths, adopted: false }), until);
  } catch (thrown) {
    signal.throwIfAborted();
    return { failure: await lastWords(process, paths, thrown) };
  }
}

/** Its guest is up: from now on the next engine takes this QEMU over. */
export async function markProved(machine: QemuMachine, run: RunFile, paths: VmPaths): Promise<void> {
  await writeRunFile(paths.run, { ...run, proved: true, trials: [...machine.trials] });
  // Its end may have removed the file before it was written.
  if (await settledWithin(machine.exited, 0)) await removeRunFiles(paths);
}

/** Ends a QEMU that failed, and says why: in its own words where it has ended by itself, else in those of `thrown`. */
export async function lastWords(process: QemuProcess, paths: VmPaths, thrown: unknown): Promise<string> {
  // A QEMU that dies closes its socket first; its exit, which says why, follows within moments.
  const endedItself = await settledWithin(process.exited, exitFollowsMs);
  await endAndForget(process, paths);
  return endedItself ? exitWords(await process.exited) : toEngineError(thrown).message;
}

export async function endAndForget(process: QemuProcess, paths: VmPaths): Promise<void> {
  await process.terminate();
  await removeRunFiles(paths);
}
