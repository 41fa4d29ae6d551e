import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../engine/base/scope.ts';
import { sleep } from '../engine/base/time.ts';
import { hostAptMirrors } from '../engine/debian/mirrors.ts';
import { emulatedCpuModels, qemuBinaries } from '../engine/qemu/command-line.ts';
import { residentMegabytes } from './bench-home.ts';
import { cpuPercents } from './cpu-percents.ts';
import { bootStockGuest, buildStockGuest, type StockGuest } from './stock-guest.ts';

/** Stock systemd needs about two minutes to boot under TCG. */
const stockTimeoutMs = 900_000;

/** What systemd does after Docker has answered is not idling. */
const settleMs = 30_000;

export interface StockFigures {
  /** From spawning QEMU to Docker's answer on the host. */
  readonly bootSeconds: number;
  /** Of a core, by QEMU, while nothing happens in the guest. */
  readonly idleCpuPercents: readonly number[];
  /** Of QEMU. */
  readonly residentMegabytes: number;
}

interface BuiltGuest {
  readonly guest: StockGuest;
  readonly seconds: number;
}

/**
 * The stock systemd guest, the baseline of several parts: built once and booted once in a run, by whichever part asks
 * first. It takes about five minutes and root, so it can be left out.
 */
export class StockRun {
  readonly #scope: Scope;
  readonly #say: (text: string) => void;
  /** Why it is not run; null when it is. */
  readonly leftOut: string | null;
  #building: Promise<BuiltGuest> | undefined;
  #booting: Promise<StockFigures> | undefined;

  constructor(options: { scope: Scope; leftOut: string | null; say: (text: string) => void }) {
    this.#scope = options.scope;
    this.leftOut = options.leftOut;
    this.#say = options.say;
  }

  /** Seconds in which mmdebstrap makes it, downloads included; none when it is left out. */
  async buildSeconds(): Promise<number[]> {
    return this.leftOut === null ? [(await this.#build()).seconds] : [];
  }

  /** Boots it, with `standBack` done before so that nothing else runs; null when it is left out. */
  async figures(standBack: () => Promise<void>): Promise<StockFigures | null> {
    if (this.leftOut !== null) return null;
    this.#booting ??= this.#boot(standBack);
    return await this.#booting;
  }

  async #build(): Promise<BuiltGuest> {
    this.#building ??= (async () => {
      this.#say('building the stock guest');
      const folder = await mkdtemp(join(tmpdir(), 'fd-stock-'));
      this.#scope.defer(() => rm(folder, { recursive: true, force: true }));
      const begun = performance.now();
      const guest = await buildStockGuest(folder, await mirror());
      return { guest, seconds: (performance.now() - begun) / 1_000 };
    })();
    return await this.#building;
  }

  /** The same emulated processor, machine and sizes as the product's own VM under TCG. */
  async #boot(standBack: () => Promise<void>): Promise<StockFigures> {
    const { guest } = await this.#build();
    await standBack();
    this.#say('booting the stock guest');
    const signal = AbortSignal.any([this.#scope.signal, AbortSignal.timeout(stockTimeoutMs)]);
    return await bootStockGuest(guest, {
      binary: qemuBinaries.amd64,
      cpu: emulatedCpuModels.amd64,
      machine: 'q35',
      cpus: 2,
      memoryMiB: 2_048,
      sshPort: await freePort(),
      signal,
      use: async ({ bootMs, pid }) => {
        this.#say('the stock guest idles');
        await sleep(settleMs, signal);
        return {
          bootSeconds: bootMs / 1_000,
          idleCpuPercents: await cpuPercents(pid, signal),
          residentMegabytes: await residentMegabytes(pid),
        };
      },
    });
  }
}

/** Where mmdebstrap gets the stock guest from: the mirror the host's apt uses, as the product does. */
async function mirror(): Promise<string> {
  const [first] = (await hostAptMirrors()).debian;
  return process.env.FOREDECK_MIRROR ?? first ?? 'http://ftp.debian.org/debian';
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port on loopback');
  return address.port;
}
