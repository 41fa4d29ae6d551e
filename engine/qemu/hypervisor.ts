import { writeFile } from 'node:fs/promises';
import { cpus, release } from 'node:os';
import type { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import type { Log } from '../base/log.ts';
import { orAborted } from '../base/time.ts';
import type { VmPaths } from '../paths.ts';
import type { Hypervisor, Machine, MachineStart, VmRecord } from '../vm/ports.ts';
import { GuestCrashed } from '../vm/vm-errors.ts';
import { planAccelerators } from './accelerator-plan.ts';
import { AcceleratorVerdicts, type VerdictKey } from './accelerator-verdicts.ts';
import { adoptMachine } from './adopt-machine.ts';
import { awaitGuestInit } from './await-guest-init.ts';
import { commandLine } from './command-line.ts';
import { ensureDataDisk } from './data-disk.ts';
import { exitWords } from './exit-words.ts';
import { emulationProblem, findQemu, type Qemu } from './find-qemu.ts';
import { QemuMachine, removeRunFiles } from './qemu-machine.ts';
import { type QemuProcess, settledWithin, spawnQemu } from './qemu-process.ts';
import { QmpClient } from './qmp-client.ts';
import { type RunFile, writeRunFile } from './run-file.ts';

/** From exec to the control socket: loading QEMU's libraries from a cold disk is the slow part. */
const qmpTimeoutMs = 20_000;

/** Core dumps, where the host writes them, take their time between the last word and the exit. */
const exitFollowsMs = 2_000;

/** Console lines shown with an error. */
const evidenceLines = 15;

export interface HypervisorOptions {
  readonly log: Log;
  /** Where accelerator verdicts are remembered. */
  readonly verdictsPath: string;
  readonly platform?: NodeJS.Platform;
}

/** QEMU behind the port. Does no work before it is asked to start something. */
export function createHypervisor(options: HypervisorOptions): Hypervisor {
  return new QemuHypervisor(options);
}

class QemuHypervisor implements Hypervisor {
  readonly #log: Log;
  readonly #verdicts: AcceleratorVerdicts;
  readonly #platform: NodeJS.Platform;

  constructor(options: HypervisorOptions) {
    this.#log = options.log;
    this.#verdicts = new AcceleratorVerdicts(options.verdictsPath);
    this.#platform = options.platform ?? process.platform;
  }

  async adopt(options: { vm: VmRecord; paths: VmPaths; signal: AbortSignal }): Promise<Machine | null> {
    return await adoptMachine({ ...options, log: this.#log });
  }

  async start(options: MachineStart): Promise<Machine> {
    const { paths, image, vm, signal } = options;
    const qemu = await findQemu({ arch: image.record.arch, signal });
    await ensureDataDisk({ path: paths.dataDisk, sizeGiB: vm.diskGiB, signal });
    const key = verdictKey(qemu, image.record.kernelVersion);
    const plan = await planAccelerators({
      platform: this.#platform,
      wanted: options.accelerator,
      known: await this.#verdicts.find(key),
    });
    const trials: AcceleratorTrial[] = [...plan.ruledOut];
    for (const trial of trials) options.onTrial(trial);
    let crashed = false;
    for (const accelerator of plan.candidates) {
      const { machine, trial, ended } = await this.#try({ ...options, accelerator, qemu, trials });
      trials.push(trial);
      options.onTrial(trial);
      await this.#verdicts.remember(key, trial);
      if (machine) return machine;
      this.#log.warn({ vm: vm.name, trial }, 'an accelerator failed its trial');
      crashed = accelerator === 'tcg' && ended === true;
    }
    const error = await nothingWorked(options, trials);
    throw crashed ? new GuestCrashed({ ...error.toWire(), cause: error }) : error;
  }

  /** Boots under one accelerator; the machine when its guest came up, nothing left running otherwise. */
  async #try(attempt: Attempt): Promise<{ machine?: Machine; trial: AcceleratorTrial; ended?: boolean }> {
    const { accelerator, qemu, paths, signal } = attempt;
    const problem = accelerator === 'tcg' ? emulationProblem(qemu) : undefined;
    if (problem) throw problem;
    const verdict = (works: boolean, why: string): AcceleratorTrial => ({
      accelerator,
      works,
      why,
      at: Date.now(),
    });
    const { process, run } = await this.#spawn(attempt);
    try {
      const machine = await connectTo(process, run, paths, signal);
      if ('failure' in machine) return { trial: verdict(false, machine.failure) };
      const proof = await awaitGuestInit({ machine, consolePath: paths.console, signal });
      const trial = verdict(proof.works, proof.why);
      if (!proof.works) {
        await endAndForget(process, paths);
        return { trial, ended: proof.ended };
      }
      machine.trials = [...attempt.trials, trial];
      await writeRunFile(paths.run, { ...run, proved: true, trials: [...machine.trials] });
      // Its end may have removed the file before it was written.
      if (await settledWithin(machine.exited, 0)) await removeRunFiles(paths);
      return { machine, trial };
    } catch (thrown) {
      await endAndForget(process, paths);
      throw thrown;
    }
  }

  async #spawn(attempt: Attempt): Promise<{ process: QemuProcess; run: RunFile }> {
    const { accelerator, qemu, paths, vm, image } = attempt;
    const args = commandLine({
      arch: image.record.arch,
      accelerator,
      cpuModel: attempt.cpuModel,
      name: vm.name,
      uuid: vm.uuid,
      size: attempt.size,
      kernelPath: image.kernelPath,
      initrdPath: paths.initrd,
      kernelCommandLine: accelerator === 'tcg' ? image.emulatedKernelCommandLine : image.kernelCommandLine,
      rootPath: image.rootPath,
      dataDiskPath: paths.dataDisk,
      consolePath: paths.console,
      qmpSocketPath: paths.qmpSocket,
      pidFilePath: paths.pidFile,
    });
    await removeRunFiles(paths);
    await writeFile(paths.console, '', { mode: 0o600 });
    const spawnedAt = Date.now();
    const process = await spawnQemu({ path: qemu.path, args, logPath: paths.qemuLog });
    const run: RunFile = {
      version: 1,
      pid: process.pid,
      uuid: vm.uuid,
      proved: false,
      spawnedAt,
      qemuVersion: qemu.version,
      accelerator,
      trials: [...attempt.trials],
      imageId: image.record.id,
      kernelVersion: image.record.kernelVersion,
      size: attempt.size,
      commandLine: [qemu.path, ...args],
    };
    try {
      // At once: an engine killed from here on leaves a QEMU which the next one must find.
      await writeRunFile(paths.run, run);
      attempt.onSpawn({ pid: process.pid, accelerator, at: spawnedAt });
      return { process, run };
    } catch (thrown) {
      await endAndForget(process, paths);
      throw thrown;
    }
  }
}

interface Attempt extends MachineStart {
  readonly accelerator: Accelerator;
  readonly qemu: Qemu;
  /** Verdicts which led to this attempt. */
  readonly trials: readonly AcceleratorTrial[];
}

/** The machine when QEMU answers on its control socket; otherwise why not, and nothing is left running. */
async function connectTo(
  process: QemuProcess,
  run: RunFile,
  paths: VmPaths,
  signal: AbortSignal,
): Promise<QemuMachine | { failure: string }> {
  const ended = new AbortController();
  void process.exited.then(() => ended.abort());
  const until = AbortSignal.any([signal, ended.signal]);
  try {
    const qmp = await QmpClient.connect({ path: paths.qmpSocket, timeoutMs: qmpTimeoutMs, signal: until });
    return await orAborted(QemuMachine.connect({ run, process, qmp, paths, adopted: false }), until);
  } catch (thrown) {
    signal.throwIfAborted();
    // A QEMU that dies closes its socket first; its exit, which says why, follows within moments.
    const endedItself = await settledWithin(process.exited, exitFollowsMs);
    await endAndForget(process, paths);
    return { failure: endedItself ? exitWords(await process.exited) : toEngineError(thrown).message };
  }
}

async function endAndForget(process: QemuProcess, paths: VmPaths): Promise<void> {
  await process.terminate();
  await removeRunFiles(paths);
}

/** The machine is told by what decides whether hardware virtualisation works: processor and the host's kernel. */
function verdictKey(qemu: Qemu, kernel: string): VerdictKey {
  return {
    qemu: qemu.version,
    kernel,
    machine: `${cpus().at(0)?.model ?? 'unknown processor'}, ${process.platform} ${release()}`,
  };
}

async function nothingWorked(
  options: MachineStart,
  trials: readonly AcceleratorTrial[],
): Promise<EngineError> {
  const console = (await lastLines(options.paths.console, evidenceLines)).join('\n');
  const forced = options.accelerator !== 'auto' && options.accelerator !== 'tcg';
  return new EngineError({
    code: forced ? 'accelerator_failed' : 'boot_failed',
    message: `Cannot start VM "${options.vm.name}": ${trials.map(words).join('; ')}.`,
    hint: forced
      ? 'Set the accelerator to "auto" in the settings; emulation (TCG) works everywhere.'
      : 'The console output below says how far the guest came. Start the VM again; if it stays, build the image anew.',
    details: { console },
  });
}

function words(trial: AcceleratorTrial): string {
  return `${trial.accelerator.toUpperCase()}: ${trial.why}`;
}
