import type { Arch } from '../../../contract/arch.ts';
import type { Execution, Handler } from '../../../contract/records.ts';

/*
 * What the doctor asks of others. It decides from records only; Docker's are read and changed by docker/, which never
 * imports it and is not imported by it.
 */

/** What Docker knows about a container that failed. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  /** The reference it was made from. Hostile text. */
  readonly image: string;
  readonly state: 'created' | 'running' | 'ended';
  /** Null while it runs, and when it never started. */
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** Docker's own words about a start that failed; empty otherwise. They may quote file names: hostile text. */
  readonly error: string;
  /** Program and arguments, the image's entrypoint included. Hostile text. */
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** It has a terminal. */
  readonly tty: boolean;
  /** By the VM's clock, epoch milliseconds; null when it never started, or still runs. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Of its main process in the VM; null when it has none. */
  readonly pid: number | null;
  /** Removed by Docker when it ends: it cannot be run again. */
  readonly autoRemove: boolean;
}

/** Reads a VM's containers. Throws `unknown_container`, or `docker_unreachable`. */
export interface ContainerEvidence {
  facts(container: string, signal: AbortSignal): Promise<ContainerFacts>;
  /** Its last lines, at most 200 and 64 kB, oldest first, control characters removed. */
  lastLines(container: Pick<ContainerFacts, 'id' | 'tty'>, signal: AbortSignal): Promise<string[]>;
  /** When it printed its last line, by the VM's clock, epoch milliseconds; null when it never did. */
  lastOutputAt(container: Pick<ContainerFacts, 'id' | 'tty'>, signal: AbortSignal): Promise<number | null>;
}

/** What a new container has that the old one has not. */
export interface RunChanges {
  readonly env?: Readonly<Record<string, string>>;
  readonly arguments?: readonly string[];
  readonly tmpfs?: readonly string[];
  /** Another architecture of the same image. */
  readonly arch?: Arch;
}

/** Acts on a VM's containers. Errors are Docker's words. */
export interface FixRunner {
  /** Starts a container that ended, once more; one that runs is restarted. */
  start(container: string, signal: AbortSignal): Promise<void>;
  pull(image: string, arch: Arch, signal: AbortSignal): Promise<void>;
  /** A new container in place of the old one, which stays, stopped and renamed. Answers the new one's id. */
  runAgain(options: {
    readonly container: string;
    readonly arch: Arch | null;
    readonly changes: RunChanges;
    readonly data: 'keep' | 'fresh';
    readonly signal: AbortSignal;
  }): Promise<{ id: string; originalName: string }>;
}

/** What the doctor needs of the handlers: its fixes switch and choose. */
export interface DoctorHandlers {
  on(vm: string, arch: Arch): Promise<Handler>;
  /** `version` as people write it: a suite is enough. */
  choose(vm: string, arch: Arch, version: string): Promise<Handler>;
}

/** Runs a container in a fully emulated VM of its own architecture. */
export interface ForeignVms {
  /** Null when it can be done now; otherwise why not, in plain words. */
  unavailable(arch: Arch): string | null;
  /** Answers the id of the container over there. */
  run(options: { vm: string; container: string; arch: Arch; signal: AbortSignal }): Promise<{ id: string }>;
}

/** The entry that took an architecture's programs when something failed. */
export interface HandlerFacts {
  /** `native`: the processor runs them itself. `unknown`: nobody looked at that time. */
  readonly state: 'on' | 'off' | 'native' | 'unknown';
  /** Name of the entry. */
  readonly entry: string;
  /** As the kernel prints them; empty when off or unknown. */
  readonly flags: string;
  /** QEMU's, `10.0.13`; null when unknown or not QEMU. */
  readonly version: string | null;
  readonly interpreter: string;
}

/** Everything a verdict is made from. */
export interface FailureFacts {
  readonly how: 'ended' | 'exec' | 'silent' | 'pull';
  readonly hostPlatform: string;
  readonly vm: { readonly name: string; readonly arch: Arch };
  readonly container: ContainerFacts;
  /** Of its image; null when unknown. */
  readonly arch: Arch | null;
  /** Last seen in the guest's /proc; a program that ends within 0.3 s is not seen. */
  readonly execution: Execution;
  /** As its record has it, `qemu-aarch64 10.0.13`; null when not seen. */
  readonly emulator: string | null;
  readonly handler: HandlerFacts;
  /** Exit code of the `docker exec` that failed; null otherwise. */
  readonly execExitCode: number | null;
  /**
   * The signal its main process died of without being able to end: process 1 of a container ignores it (see
   * stuck-process.ts). Null when it is not so.
   */
  readonly stuckSignal: number | null;
  /** How long it has been silent while using the processor; null unless `how` is `silent`. */
  readonly silence: { readonly silentMs: number; readonly busyShare: number } | null;
  readonly lines: readonly string[];
}
