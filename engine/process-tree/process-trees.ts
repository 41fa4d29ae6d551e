import type { Arch } from '../../contract/arch.ts';
import type { UsageSample } from '../../contract/container-usage.ts';
import type { Process, ProcessSample } from '../../contract/process-tree.ts';
import { Connected } from '../base/connected.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { SharedSamples } from '../base/shared-samples.ts';
import type { BinfmtEntry } from '../emulation/binfmt-entry.ts';
import type { GuestLink } from '../vm/ports.ts';
import { buildTree } from './build-tree.ts';
import { type ContainerExecution, containerExecutions } from './container-execution.ts';
import { emulationTaxes } from './emulation-taxes.ts';
import { type VmSample, VmSampler } from './vm-sampler.ts';

export interface ProcessTreesOptions {
  readonly log: Log;
  /** Told with each sample which handlers the VM's kernel has, newest first. */
  readonly onEntries?: (vm: string, entries: readonly BinfmtEntry[]) => void;
  /** Between the samples of a watch. Default 2 s. */
  readonly intervalMs?: number;
  /** How long a guest's sampler process outlives its last user. Default 3 s. */
  readonly lingerMs?: number;
}

/** As the contract promises: one every two seconds. */
const defaultIntervalMs = 2_000;

/** A guest with thousands of processes spends at most one part in so many of its time on being looked at. */
const samplingShare = 4;

/** Docker's events come in bursts, and starting perl in the guest costs more than a sample. */
const defaultLingerMs = 3_000;

/** A window shows no more, and a container that runs away must not fill the wire. */
const maxProcesses = 2_000;

/** The processes of every VM, sampled while somebody looks. */
export class ProcessTrees {
  readonly #log: Log;
  readonly #onEntries: NonNullable<ProcessTreesOptions['onEntries']>;
  readonly #intervalMs: number;
  readonly #lingerMs: number;
  readonly #samplers = new Connected<VmSampler>();

  constructor(options: ProcessTreesOptions) {
    this.#log = options.log;
    this.#onEntries = options.onEntries ?? (() => undefined);
    this.#intervalMs = options.intervalMs ?? defaultIntervalMs;
    this.#lingerMs = options.lingerMs ?? defaultLingerMs;
  }

  /** After each connect. Does nothing in the guest; ends by itself with the link. */
  attach(vm: { name: string; arch: Arch }, link: GuestLink): void {
    const sampler = new VmSampler({
      link,
      arch: vm.arch,
      log: this.#log,
      lingerMs: this.#lingerMs,
      onEntries: (entries) => this.#onEntries(vm.name, entries),
    });
    this.#samplers.add(vm.name, sampler);
  }

  /** One sample of a container, or of the whole VM. Throws `wrong_state` when the VM is away. */
  async sample(vm: string, containerId: string | null): Promise<ProcessSample> {
    return await this.#look(vm, async (sampler) => {
      const sample = await sampler.samples.fresh();
      await sampler.readMemory(ofContainer(sample.processes, containerId));
      return view(sampler, sample, containerId);
    });
  }

  /**
   * A sample now and then one every interval, or less often in a very full guest, for as long as it is read. Waits
   * while the VM is away; throws `wrong_state` when it is away from the start, and what a failed sample throws.
   */
  async *watch(
    vm: string,
    containerId: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<ProcessSample, void, undefined> {
    yield* this.#samplers.follow(vm, this.#require(vm), signal, (sampler) =>
      this.#samples(sampler, containerId, signal),
    );
  }

  /**
   * What containers use, as `watch` does processes. `containerId` null: processor and memory of all that run, shared by
   * everybody who looks; otherwise everything about that one.
   */
  async *watchUsage(
    vm: string,
    containerId: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<UsageSample, void, undefined> {
    yield* this.#samplers.follow(vm, this.#require(vm), signal, (sampler) =>
      this.#usages(sampler, containerId, signal),
    );
  }

  async *#usages(
    sampler: VmSampler,
    containerId: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<UsageSample, void, undefined> {
    const release = sampler.hold();
    try {
      const usages =
        containerId === null ? sampler.usages : new SharedSamples(() => sampler.takeUsage(containerId));
      const samples = usages.watch({
        intervalMs: this.#intervalMs,
        signal: AbortSignal.any([signal, sampler.signal]),
        pauseMs: ({ sampleMs }) => sampleMs * (samplingShare - 1),
      });
      for await (const { at, guestMs, containers } of samples) yield { at, guestMs, containers };
    } finally {
      release();
    }
  }

  /** Until either side goes away; throws when two samples fail one after the other. */
  async *#samples(
    sampler: VmSampler,
    containerId: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<ProcessSample, void, undefined> {
    const release = sampler.hold();
    try {
      const samples = sampler.samples.watch({
        intervalMs: this.#intervalMs,
        signal: AbortSignal.any([signal, sampler.signal]),
        pauseMs: ({ sampleMs }) => sampleMs * (samplingShare - 1),
        // Shown with the next sample: nobody waits for it.
        afterwards: ({ processes }) => sampler.readMemory(ofContainer(processes, containerId)),
      });
      for await (const sample of samples) yield view(sampler, sample, containerId);
    } finally {
      release();
    }
  }

  /** How the containers named run, from one sample; `unknown` where no process was seen. */
  async probeExecution(
    vm: string,
    containerIds: readonly string[],
  ): Promise<Map<string, ContainerExecution>> {
    const { processes } = await this.#look(vm, (sampler) => sampler.samples.fresh());
    return containerExecutions(processes, containerIds);
  }

  async #look<T>(vm: string, work: (sampler: VmSampler) => Promise<T>): Promise<T> {
    const sampler = this.#require(vm);
    const release = sampler.hold();
    try {
      return await work(sampler);
    } finally {
      release();
    }
  }

  #require(vm: string): VmSampler {
    const sampler = this.#samplers.get(vm);
    if (sampler) return sampler;
    throw new EngineError({
      code: 'wrong_state',
      message: `VM "${vm}" is not running, so there are no processes to show.`,
      hint: `Start it first: foredeck start --vm ${vm}`,
    });
  }
}

/** The tax of everything, left out processes included, beside as many processes as a window shows. */
function view(sampler: VmSampler, sample: VmSample, containerId: string | null): ProcessSample {
  const { processes, omitted } = buildTree(sample.processes, containerId, maxProcesses);
  const taxes = emulationTaxes({
    processes: ofContainer(sample.processes, containerId),
    containerCpuMs: sample.containerCpuMs,
    emulatorBytes: sampler.emulatorBytes,
  });
  return {
    at: sample.at,
    sampleMs: sample.sampleMs,
    processes,
    taxes: containerId === null ? taxes : taxes.filter((tax) => tax.containerId === containerId),
    omitted,
  };
}

function ofContainer(processes: readonly Process[], containerId: string | null): readonly Process[] {
  return containerId === null
    ? processes
    : processes.filter((process) => process.containerId === containerId);
}

export function createProcessTrees(options: ProcessTreesOptions): ProcessTrees {
  return new ProcessTrees(options);
}
