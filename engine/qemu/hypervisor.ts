import { cpus, release } from 'node:os';
import type { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { lastLines } from '../base/last-lines.ts';
import type { Log } from '../base/log.ts';
import type { FolderServers } from '../vm/folder-server.ts';
import type { Hypervisor, Machine, MachineMatch, MachineResume, MachineStart } from '../vm/ports.ts';
import { GuestCrashed } from '../vm/vm-errors.ts';
import { planAccelerators } from './accelerator-plan.ts';
import { AcceleratorVerdicts, type VerdictKey } from './accelerator-verdicts.ts';
import { adoptMachine } from './adopt-machine.ts';
import { awaitGuestInit } from './await-guest-init.ts';
import { ensureDataDisk } from './data-disk.ts';
import { emulationProblem, type Qemu } from './find-qemu.ts';
import { InstalledQemus } from './installed-qemus.ts';
import { connectTo, endAndForget, launchQemu, markProved } from './launch-qemu.ts';
import { misfit, resumeMachine } from './resume-machine.ts';

/** Console lines shown with an error. */
const evidenceLines = 15;

export interface HypervisorOptions {
  readonly log: Log;
  /** Where accelerator verdicts are remembered. */
  readonly verdictsPath: string;
  readonly platform?: NodeJS.Platform;
  /** Default: no VM has a device for shared folders. */
  readonly folders?: FolderServers;
}

/** QEMU behind the port. Does no work before it is asked to start something. */
export function createHypervisor(options: HypervisorOptions): Hypervisor {
  return new QemuHypervisor(options);
}

class QemuHypervisor implements Hypervisor {
  readonly #log: Log;
  readonly #verdicts: AcceleratorVerdicts;
  readonly #platform: NodeJS.Platform;
  readonly #folders: FolderServers | null;
  readonly #qemus = new InstalledQemus();

  constructor(options: HypervisorOptions) {
    this.#log = options.log;
    this.#verdicts = new AcceleratorVerdicts(options.verdictsPath);
    this.#platform = options.platform ?? process.platform;
    this.#folders = options.folders ?? null;
  }

  async adopt(options: Parameters<Hypervisor['adopt']>[0]): Promise<Machine | null> {
    return await adoptMachine({ ...options, log: this.#log });
  }

  async resume(options: MachineResume): Promise<Machine> {
    const { image, signal } = options;
    const qemu = await this.#qemus.find({ arch: image.record.arch, signal });
    return await resumeMachine(options, { qemu, folders: this.#folders });
  }

  async misfit(options: MachineMatch): Promise<string | null> {
    const { image, signal } = options;
    return await misfit(options, await this.#qemus.find({ arch: image.record.arch, signal }));
  }

  async start(options: MachineStart): Promise<Machine> {
    const { paths, image, vm, signal } = options;
    const qemu = await this.#qemus.find({ arch: image.record.arch, signal });
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
    const { process, run } = await launchQemu({ ...attempt, folders: this.#folders, bootedAt: null });
    try {
      const machine = await connectTo(process, run, attempt);
      if ('failure' in machine) return { trial: verdict(false, machine.failure) };
      const proof = await awaitGuestInit({ machine, consolePath: paths.console, signal });
      const trial = verdict(proof.works, proof.why);
      if (!proof.works) {
        await endAndForget(process, paths);
        return { trial, ended: proof.ended };
      }
      machine.trials = [...attempt.trials, trial];
      await markProved(machine, run, paths);
      return { machine, trial };
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
