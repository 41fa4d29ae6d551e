import { z } from 'zod';
import { Arch } from './arch.ts';

/** One process of the guest, as its /proc shows it, with the emulator told apart from the program. */
export const Process = z.object({
  pid: z.number().int().positive(),
  /** Pid of the parent inside the same tree; 0 for a root of the tree. */
  ppid: z.number().int().nonnegative(),
  uid: z.number().int().nonnegative(),
  /** Kernel state letter: R, S, D, Z, T. */
  state: z.string(),
  execution: z.enum(['native', 'emulated']),
  arch: Arch,
  /** Base name of the emulator's binary, `qemu-aarch64`; null when native. */
  emulator: z.string().nullable(),
  /** As the program sees it, the emulator's prefix removed. Hostile text. */
  argv: z.array(z.string()),
  /** As /proc shows it, emulator included. */
  rawArgv: z.array(z.string()),
  comm: z.string(),
  /** CPU time used so far, user and system. */
  cpuMs: z.number().nonnegative(),
  rssBytes: z.number().nonnegative(),
  threads: z.number().int().nonnegative(),
  startedAt: z.number().nonnegative(),
  containerId: z.string().nullable(),
});
export type Process = z.infer<typeof Process>;

/** What emulation costs one container, or the whole VM, at this moment. */
export const EmulationTax = z.object({
  /** Null: every process of the VM together. */
  containerId: z.string().nullable(),
  processes: z.number().int().nonnegative(),
  emulated: z.number().int().nonnegative(),
  /** CPU time of its living processes, and what of it emulated ones used. */
  cpuMs: z.number().nonnegative(),
  emulatedCpuMs: z.number().nonnegative(),
  /**
   * CPU time of its processes that have ended, of which nobody knows any more how they ran; from the container's
   * cgroup. Null for the whole VM, and where there is no such cgroup.
   */
  endedCpuMs: z.number().nonnegative().nullable(),
  rssBytes: z.number().nonnegative(),
  /**
   * Memory of the emulators themselves: their code, data and translated blocks, a page which several of them share
   * counted once between them. A floor (engine/process-tree/emulator-mappings.ts). Null until it has been read.
   */
  extraRssBytes: z.number().nonnegative().nullable(),
});
export type EmulationTax = z.infer<typeof EmulationTax>;

/** Processes in depth-first order: a parent stands before its children, children by pid. */
export const ProcessSample = z.object({
  at: z.number().nonnegative(),
  /** Guest milliseconds it took to read /proc. */
  sampleMs: z.number().nonnegative(),
  processes: z.array(Process),
  /** One for each container with processes, and one for the VM (`containerId` null) when the sample is of all. */
  taxes: z.array(EmulationTax),
  /** Processes left out beyond the sampler's bound. */
  omitted: z.number().int().nonnegative(),
});
export type ProcessSample = z.infer<typeof ProcessSample>;

/** runc's own first process in a container, until it becomes the program: it says nothing about the container. */
const runcInit = /^runc:\[/;

/** Whether a process tells how its container runs: one that has ended but is not collected runs nothing any more. */
export function runsProgram(process: Process): boolean {
  return process.state !== 'Z' && !runcInit.test(process.comm);
}

/**
 * Whether a process runs natively though its container's image is foreign: a helper copied into it, say. `imageArch`
 * is null when it is not known; `nativeArches` are those which the VM runs without an emulator.
 */
export function isNativeChild(
  process: Process,
  imageArch: Arch | null,
  nativeArches: readonly Arch[],
): boolean {
  return (
    process.execution === 'native' &&
    imageArch !== null &&
    !nativeArches.includes(imageArch) &&
    runsProgram(process)
  );
}
