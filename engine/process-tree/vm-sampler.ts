import type { Arch } from '../../contract/arch.ts';
import type { UsageSample } from '../../contract/container-usage.ts';
import type { Process } from '../../contract/process-tree.ts';
import type { Log } from '../base/log.ts';
import { SharedSamples } from '../base/shared-samples.ts';
import type { BinfmtEntry } from '../emulation/binfmt-entry.ts';
import type { GuestLink } from '../vm/ports.ts';
import { EmulatorMemory } from './emulator-memory.ts';
import { GuestSampler } from './guest-sampler.ts';
import type { RawProcess, RawSample } from './raw-sample.ts';
import { type Recognised, recognise } from './recognise.ts';

/** Everything that ran in a VM at one moment. */
export interface VmSample {
  /** Epoch milliseconds by the host's clock. */
  readonly at: number;
  readonly sampleMs: number;
  readonly processes: readonly Process[];
  /** CPU time of each container since it started, ended processes included. */
  readonly containerCpuMs: ReadonlyMap<string, number>;
}

export interface VmSamplerOptions {
  readonly link: GuestLink;
  readonly arch: Arch;
  readonly log: Log;
  /** How long the guest's sampler process stays after its last user. */
  readonly lingerMs: number;
  /** Told with each sample which handlers the kernel has. */
  readonly onEntries: (entries: readonly BinfmtEntry[]) => void;
}

/**
 * Samples of one VM over one connection, shared by everybody who looks. Without users nothing runs in the guest: the
 * sampler process there starts with the first sample and ends soon after the last user has left.
 */
export class VmSampler {
  readonly samples = new SharedSamples(() => this.#take());
  /** What every container uses. */
  readonly usages = new SharedSamples(() => this.takeUsage(null));
  readonly #options: VmSamplerOptions;
  readonly #memory = new EmulatorMemory();
  /** How the processes of the latest sample were recognised, by pid and start. */
  #recognised = new Map<string, Recognised>();
  #users = 0;
  #linger: NodeJS.Timeout | undefined;
  #sampler: Promise<GuestSampler> | undefined;
  /** Settles when no memory is being read. */
  #reading: Promise<void> = Promise.resolve();
  /** Boot by the host's clock, read once, so that start times do not move from sample to sample. */
  #bootAt: number | undefined;

  constructor(options: VmSamplerOptions) {
    this.#options = options;
    options.link.signal.addEventListener('abort', () => clearTimeout(this.#linger), { once: true });
  }

  /** Aborted when the connection is gone. */
  get signal(): AbortSignal {
    return this.#options.link.signal;
  }

  /** Keeps the guest's sampler process until the returned function is called, once. */
  hold(): () => void {
    this.#users += 1;
    clearTimeout(this.#linger);
    return () => {
      this.#users -= 1;
      if (this.#users > 0 || this.signal.aborted) return;
      this.#linger = setTimeout(() => void this.#closeSampler(), this.#options.lingerMs);
      this.#linger.unref();
    };
  }

  /** Memory of the emulator under a process; null until `readMemory` has come to it. */
  readonly emulatorBytes = (process: Process): number | null => this.#memory.bytesOf(process);

  /**
   * Reads how much memory the emulators under some of these processes take: as many as its budget allows, those not
   * known first. Asks the guest nothing when all are known.
   */
  readMemory(processes: readonly Process[]): Promise<void> {
    // One after the other, so that nothing is read twice.
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#readMemory(processes));
    return this.#reading;
  }

  /** What containers use at this moment; of one, everything. */
  async takeUsage(container: string | null): Promise<UsageSample & { sampleMs: number }> {
    const raw = await this.#use((sampler) => sampler.usage(container, this.signal));
    return {
      at: Date.now(),
      guestMs: raw.uptimeMs,
      sampleMs: raw.sampleMs,
      containers: Object.fromEntries(raw.containers),
    };
  }

  async #readMemory(processes: readonly Process[]): Promise<void> {
    const due = this.#memory.due(processes, Date.now());
    const bootAt = this.#bootAt;
    if (due.length === 0 || bootAt === undefined) return;
    const read = await this.#use((sampler) => sampler.memory(due, this.signal));
    this.#memory.learn(read, bootAt, Date.now());
  }

  async #take(): Promise<VmSample> {
    const raw = await this.#use((sampler) => sampler.sample(this.signal));
    const at = Date.now();
    this.#options.onEntries(raw.entries);
    this.#bootAt ??= at - raw.uptimeMs;
    const sample = this.#interpret(raw, at, this.#bootAt);
    this.#memory.keep(sample.processes);
    return sample;
  }

  async #use<T>(work: (sampler: GuestSampler) => Promise<T>): Promise<T> {
    this.#sampler ??= GuestSampler.start(this.#options.link);
    const using = this.#sampler;
    try {
      return await work(await using);
    } catch (thrown) {
      // The next question goes to a new process.
      if (this.#sampler === using) await this.#closeSampler();
      throw thrown;
    }
  }

  async #closeSampler(): Promise<void> {
    const closing = this.#sampler;
    this.#sampler = undefined;
    try {
      await (await closing)?.close();
    } catch (thrown) {
      this.#options.log.debug({ err: thrown }, 'process sampler did not start or end cleanly');
    }
  }

  #interpret(raw: RawSample, at: number, bootAt: number): VmSample {
    const before = this.#recognised;
    this.#recognised = new Map();
    return {
      at,
      sampleMs: raw.sampleMs,
      processes: raw.processes.map((process) => this.#toProcess(process, { raw, bootAt, before })),
      containerCpuMs: raw.containerCpuMs,
    };
  }

  #toProcess(
    process: RawProcess,
    { raw, bootAt, before }: { raw: RawSample; bootAt: number; before: ReadonlyMap<string, Recognised> },
  ): Process {
    const key = `${process.pid} ${process.startedAfterBootMs}`;
    // A zombie has no program left to go by; it is what it was.
    const known = process.exe === '' ? before.get(key) : undefined;
    const recognised = known ?? recognise(process, raw.entries, this.#options.arch);
    this.#recognised.set(key, recognised);
    return {
      pid: process.pid,
      ppid: process.ppid,
      uid: process.uid,
      state: process.state,
      execution: recognised.execution,
      arch: recognised.arch,
      emulator: recognised.emulator,
      argv: [...recognised.argv],
      rawArgv: [...process.argv],
      comm: process.comm,
      cpuMs: process.cpuMs,
      rssBytes: process.rssBytes,
      threads: process.threads,
      startedAt: Math.max(0, bootAt + process.startedAfterBootMs),
      containerId: process.containerId,
    };
  }
}
