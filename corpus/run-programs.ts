import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import type { Arch } from '../contract/arch.ts';
import type { EmulatorSuite } from '../contract/emulation.ts';
import { EngineError, isAbort, toEngineError } from '../engine/base/engine-error.ts';
import { silentLog } from '../engine/base/log.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { TemplateSource } from '../engine/image/template-source.ts';
import { pathsUnder } from '../engine/paths.ts';
import { type AttachedSystem, withSystem } from './attached-system.ts';
import { checkScript, type Program, programGroups } from './programs.ts';
import type { Report } from './report.ts';
import type { Result } from './result.ts';
import { type ContainerOutcome, runInSystem, systemImage } from './system-container.ts';
import { type SystemDisk, systemDisk } from './system-disk.ts';

const clone = join(import.meta.dirname, '..');

/** Hundreds of small scripts, each of which starts programs: minutes where everything is emulated twice. */
const configureTimeoutMs = 90 * 60_000;

export interface RunOptions {
  readonly client: EngineClient;
  /** The engine's FOREDECK_HOME. */
  readonly home: string;
  /** A running VM with the architecture switched on. */
  readonly vm: string;
  readonly arch: Arch;
  /** What the architecture runs under, for the record; null: nothing, it is native. */
  readonly emulator: { readonly suite: EmulatorSuite; readonly version: string } | null;
  readonly programs: readonly Program[];
  /**
   * Whether to configure systems that are not: hundreds of small scripts, which take an hour where the VM is emulated,
   * too. Most programs run without; apt does not.
   */
  readonly configure: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Told each result as soon as there is one. */
  readonly onResult: (result: Result) => Promise<void>;
}

/**
 * Runs programs of one architecture in a running VM, each group of them out of a system of its own. A group whose
 * system cannot be made is `not-run` and stops no other. Rejects when `signal` aborts; what was told stays true.
 */
export async function runPrograms(options: RunOptions): Promise<void> {
  for (const group of programGroups) {
    const programs = options.programs.filter((program) => program.group === group);
    if (programs.length > 0) await runGroup({ ...options, programs });
  }
}

async function runGroup(options: RunOptions): Promise<void> {
  const { programs, arch, signal, report } = options;
  const finished = new Set<Program>();
  try {
    const disk = await composed(options);
    await withSystem({ ...options, disk: disk.name }, async (system) => {
      const docker = new Dockerode({ socketPath: pathsUnder(options.home).vm(options.vm).dockerSocket });
      const image = await systemImage(docker, arch);
      const bench = { ...options, docker, image, system, disk };
      if (options.configure) await configure(bench);
      for (const program of programs) {
        const result = await check(bench, program);
        finished.add(program);
        await options.onResult(result);
      }
    });
  } catch (thrown) {
    signal.throwIfAborted();
    if (isAbort(thrown)) throw thrown;
    const { message, details } = toEngineError(thrown);
    report.say(`${arch} ${programs.map(({ name }) => name).join(', ')}: ${message}`);
    const output = Object.values(details).join('\n');
    for (const program of programs) {
      if (finished.has(program)) continue;
      await options.onResult({
        outcome: 'not-run',
        ...basics(options, program),
        configured: false,
        why: message,
        output,
      });
    }
  }
}

interface Bench extends RunOptions {
  readonly docker: Dockerode;
  readonly image: string;
  readonly system: AttachedSystem;
  readonly disk: SystemDisk;
}

async function composed(options: RunOptions): Promise<SystemDisk> {
  const { home, arch, programs, report } = options;
  report.say(`${arch}: composing a system for ${programs.map(({ name }) => name).join(', ')}`);
  const source = new TemplateSource({
    paths: pathsUnder(home),
    log: silentLog,
    templateFolder: join(clone, 'vm-templates', 'debian-13'),
    keyringPath: join(clone, 'resources', 'debian-archive-keyring', 'debian-archive-keyring.gpg'),
    mirrorSetting: () => process.env.FOREDECK_MIRROR ?? null,
  });
  const wanted = [...new Set(programs.flatMap((program) => program.packages))];
  const disk = await systemDisk({ ...options, source, wanted });
  report.say(`${arch}: ${disk.versions.size} packages on a disk of ${(disk.sizeBytes / 1e6).toFixed(0)} MB`);
  return disk;
}

/** `dpkg --configure -a` on the system's own architecture, once for a disk. */
async function configure(bench: Bench): Promise<void> {
  const { docker, system, arch, signal, report, programs } = bench;
  if (system.isConfigured) return;
  report.say(`${arch}: configuring it`);
  const outcome = await runInSystem(
    docker,
    {
      ...container(bench, 'configure'),
      script: await readFile(join(import.meta.dirname, 'guest', 'configure.sh'), 'utf8'),
      args: programs.flatMap((program) => program.packages),
      timeoutMs: configureTimeoutMs,
    },
    async (seen) => seen,
  );
  if (outcome.exitCode !== 0) {
    throw new EngineError({
      code: 'guest_command_failed',
      message: `Configuring its Debian system failed: ${exitWords(outcome, configureTimeoutMs)}.`,
      details: { output: `${outcome.stdout}\n${outcome.stderr}`.slice(-4_000) },
    });
  }
  await system.markConfigured(signal);
  report.say(`${arch}: configured in ${outcome.seconds.toFixed(0)} s; dpkg and apt find nothing missing`);
}

async function check(bench: Bench, program: Program): Promise<Result> {
  const { docker, arch, report, disk } = bench;
  report.say(`${arch}: ${program.name} runs`);
  const run = { ...container(bench, program.name), script: await checkScript(program), args: [] };
  const packageVersion = disk.versions.get(program.packages[0] ?? '') ?? '';
  const result = await runInSystem(docker, { ...run, timeoutMs: program.timeoutMs }, async (outcome) => {
    const configured = bench.configure || bench.system.isConfigured;
    const known = {
      ...basics(bench, program),
      configured,
      packageVersion,
      seconds: Math.round(outcome.seconds * 10) / 10,
    };
    const why = failure(outcome, program);
    if (why === null) return { outcome: 'pass' as const, ...known };
    const output = `${outcome.stdout}\n${outcome.stderr}`.trim().slice(-2_000);
    return { outcome: 'fail' as const, ...known, why, output, verdict: await verdict(bench, outcome.id) };
  });
  report.say(
    `${arch}: ${program.name} ${result.outcome}, ${result.seconds} s` +
      (result.outcome === 'fail' ? `: ${result.why}` : ''),
  );
  return result;
}

/** Null when it ended well and computed what it should. */
function failure(outcome: ContainerOutcome, program: Program): string | null {
  if (outcome.exitCode !== 0) return exitWords(outcome, program.timeoutMs);
  const last = outcome.stdout.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return last === program.expected
    ? null
    : `it printed "${last.slice(0, 200)}" instead of "${program.expected}"`;
}

function exitWords({ exitCode }: ContainerOutcome, timeoutMs: number): string {
  return exitCode === null ? `it did not end within ${timeoutMs / 60_000} min` : `exit ${exitCode}`;
}

async function verdict(bench: Bench, id: string): Promise<{ rule: string; title: string } | null> {
  const { client, vm, report } = bench;
  try {
    const { [id]: diagnosis } = await client.calls.doctor.examine({ vm, container: id });
    return diagnosis ? { rule: diagnosis.rule, title: diagnosis.title } : null;
  } catch (thrown) {
    report.say(`the doctor could not look at it: ${toEngineError(thrown).message}`);
    return null;
  }
}

function container(bench: Bench, what: string) {
  const { arch, image, system, signal } = bench;
  return { name: `corpus-${arch.replace('/', '-')}-${what}`, arch, image, binds: system.binds, signal };
}

function basics({ arch, emulator }: RunOptions, program: Program) {
  return {
    arch,
    emulator: emulator?.suite ?? null,
    emulatorVersion: emulator?.version ?? null,
    program: program.name,
    at: Date.now(),
  };
}
