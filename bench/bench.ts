import { finished } from 'node:stream/promises';
import Dockerode from 'dockerode';
import type { HostArch } from '../contract/arch.ts';
import type { Vm } from '../contract/records.ts';
import { guestCommand } from '../corpus/guest-command.ts';
import type { Scope } from '../engine/base/scope.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { pathsUnder, serviceVmName } from '../engine/paths.ts';
import { writeBusyboxTar } from '../engine/testing/write-busybox-tar.ts';
import type { Figure } from './figure.ts';
import type { StockRun } from './stock-run.ts';

/** A named part of the bench: some figures, each with its baseline. */
export interface Part {
  /** In a few words, for the list of parts. */
  readonly what: string;
  /** Too long to be part of every run: only when it is asked for by name. */
  readonly onlyNamed?: boolean;
  run(bench: Bench): Promise<Figure[]>;
}

export interface BenchOptions {
  readonly home: string;
  readonly client: EngineClient;
  readonly stock: StockRun;
  /** Suspends and resumes of the soak. */
  readonly cycles: number;
  /** Tells a person what goes on. */
  readonly say: (text: string) => void;
  /** Told whenever the VM is known to run. */
  readonly onRunning: (vm: Vm) => void;
}

/** The one VM which all parts measure; each asks for the state that it needs. */
export class Bench {
  readonly home: string;
  readonly client: EngineClient;
  readonly stock: StockRun;
  readonly cycles: number;
  readonly say: (text: string) => void;
  /** Closes when the part which has this bench is over. */
  readonly scope: Scope;
  readonly #onRunning: (vm: Vm) => void;
  readonly vm = serviceVmName;
  /** The architecture which the VM emulates here. */
  readonly foreign: HostArch;
  readonly docker: Dockerode;

  constructor(options: BenchOptions, scope: Scope) {
    this.home = options.home;
    this.client = options.client;
    this.stock = options.stock;
    this.cycles = options.cycles;
    this.say = options.say;
    this.#onRunning = options.onRunning;
    this.scope = scope;
    this.foreign = this.native === 'arm64' ? 'amd64' : 'arm64';
    this.docker = new Dockerode({ socketPath: pathsUnder(this.home).vm(this.vm).dockerSocket });
  }

  get native(): HostArch {
    return this.client.info.host.arch;
  }

  /** The VM, which runs; it composes and boots when it has to. */
  async running(): Promise<Vm & { readonly pid: number }> {
    const vm = await this.client.calls.vm.start({ vm: this.vm });
    if (vm.pid === null) throw new Error(`VM "${vm.name}" does not run`);
    this.#onRunning(vm);
    return { ...vm, pid: vm.pid };
  }

  async shutDown(): Promise<void> {
    await this.client.calls.vm.stop({ vm: this.vm, by: 'shut-down' });
  }

  /** The VM runs, emulates the foreign architecture, and has the images `busybox:amd64` and `busybox:arm64`. */
  async withImages(): Promise<Vm & { readonly pid: number }> {
    const vm = await this.running();
    await this.client.calls.emulation.on({ vm: this.vm, arch: this.foreign });
    for (const arch of ['amd64', 'arm64'] as const) {
      const found = await this.docker.listImages({ filters: { reference: [`busybox:${arch}`] } });
      if (found.length > 0) continue;
      const tar = await writeBusyboxTar({ home: this.home, folder: this.home, arch });
      const options = { repo: 'busybox', tag: arch, platform: `linux/${arch}` };
      await finished((await this.docker.importImage(tar, options)).resume());
    }
    return vm;
  }

  /** Runs an argument vector in the VM; throws with what it said when it fails, answers it otherwise. */
  async inGuest(argv: readonly string[], maxOutputBytes?: number): Promise<string> {
    const { code, output } = await guestCommand(this.client, {
      vm: this.vm,
      argv,
      signal: this.scope.signal,
      ...(maxOutputBytes === undefined ? {} : { maxOutputBytes }),
    });
    if (code !== 0) throw new Error(`${argv[0]} in the VM ended with ${code}: ${output}`);
    return output;
  }
}
