import type { VmFigures } from '../../contract/vm-figures.ts';
import { Connected } from '../base/connected.ts';
import { EngineError } from '../base/engine-error.ts';
import { SharedSamples } from '../base/shared-samples.ts';
import { readGuestUsage } from './guest-usage.ts';
import { allocatedBytes, processUsage } from './host-usage.ts';
import type { GuestLink } from './ports.ts';

/** As the contract promises: one every two seconds. */
const defaultIntervalMs = 2_000;

/** Everything a VM's figures are read from. */
export interface FiguresSource {
  /** Aborts with the connection. */
  readonly signal: AbortSignal;
  readonly link: GuestLink;
  /** QEMU's. */
  readonly pid: number;
  readonly dataDiskPath: string;
  /** Where the guest has mounted it; for tests. */
  readonly dataFolder?: string;
}

/** What connected VMs use, as guest and host see it. Nothing is looked at while nobody asks. */
export class Figures {
  readonly #intervalMs: number;
  readonly #sources = new Connected<{ signal: AbortSignal; samples: SharedSamples<VmFigures> }>();

  constructor(options: { intervalMs?: number } = {}) {
    this.#intervalMs = options.intervalMs ?? defaultIntervalMs;
  }

  /** After each connect. Does nothing in the guest. */
  attach(vm: string, source: FiguresSource): void {
    let before: { at: number; cpuMs: number } | null = null;
    const samples = new SharedSamples(async () => {
      const [sample, cpuMs] = await readFigures(source);
      const { at } = sample;
      const cpuShare = before && at > before.at ? Math.max(0, cpuMs - before.cpuMs) / (at - before.at) : null;
      before = { at, cpuMs };
      return { ...sample, cpuShare };
    });
    this.#sources.add(vm, { signal: source.signal, samples });
  }

  /** Throws `wrong_state` when the VM is away. */
  async sample(vm: string): Promise<VmFigures> {
    return await this.#require(vm).samples.fresh();
  }

  /**
   * A sample now and then one every interval for as long as it is read, shared by all who watch. Waits while the VM is
   * away; throws `wrong_state` when it is away from the start, and what failed samples throw.
   */
  async *watch(vm: string, signal: AbortSignal): AsyncGenerator<VmFigures, void, undefined> {
    yield* this.#sources.follow(vm, this.#require(vm), signal, (source) =>
      source.samples.watch({
        intervalMs: this.#intervalMs,
        signal: AbortSignal.any([signal, source.signal]),
      }),
    );
  }

  #require(vm: string) {
    const source = this.#sources.get(vm);
    if (source) return source;
    throw new EngineError({
      code: 'wrong_state',
      message: `VM "${vm}" is not running, so there is nothing to measure.`,
      hint: `Start it first: foredeck start --vm ${vm}`,
    });
  }
}

/** The figures without the processor's share, and what it is worked out from. */
async function readFigures(source: FiguresSource): Promise<[Omit<VmFigures, 'cpuShare'>, cpuMs: number]> {
  const [guest, host, diskBytes] = await Promise.all([
    readGuestUsage(source.link, source.dataFolder),
    processUsage(source.pid),
    allocatedBytes(source.dataDiskPath),
  ]);
  const figures = {
    at: Date.now(),
    memory: {
      guestTotalBytes: guest.memory.totalBytes,
      guestUsedBytes: guest.memory.usedBytes,
      guestCacheBytes: guest.memory.cacheBytes,
      hostResidentBytes: host.residentBytes,
    },
    disk: {
      guestTotalBytes: guest.disk.totalBytes,
      guestUsedBytes: guest.disk.usedBytes,
      hostBytes: diskBytes,
    },
  };
  return [figures, host.cpuMs];
}
