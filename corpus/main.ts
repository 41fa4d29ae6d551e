import { join } from 'node:path';
import { Command, Option } from 'commander';
import { parseArch } from '../cli/arguments.ts';
import { readState } from '../cli/with-engine.ts';
import type { Arch } from '../contract/arch.ts';
import { type EmulatorSuite, emulatorSuites } from '../contract/emulation.ts';
import type { Vm } from '../contract/records.ts';
import { writeFileAtomic } from '../engine/base/atomic-file.ts';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';
import { mapConcurrent } from '../engine/base/map-concurrent.ts';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';
import { homeFromEnvironment, serviceVmName } from '../engine/paths.ts';
import { compatibilityPage } from './compatibility-page.ts';
import { type Program, programGroups, programs } from './programs.ts';
import { textReport } from './report.ts';
import type { Result } from './result.ts';
import { type Machine, ResultsFile } from './results-file.ts';
import { runPrograms } from './run-programs.ts';

/*
 * npm run corpus: runs real programs of other architectures in the VM of FOREDECK_HOME and writes what came of it into
 * corpus/results.json and docs/compatibility.md, after each program. What is in there is not run again.
 */

const vm = serviceVmName;

/** Those with most users first. */
const usualArches: readonly Arch[] = ['arm64', 'arm/v7', 'riscv64', 's390x', 'ppc64le'];

/** As many as there are slots for disks: two keep the VM's usual two processors busy. */
const parallelGroups = 2;

/** The status a shell gives a program which SIGINT ended. */
const interruptedStatus = 130;

/** Everybody reads it: it is part of the repository. */
const pageMode = 0o644;

const root = join(import.meta.dirname, '..');
const pagePath = join(root, 'docs', 'compatibility.md');

const command = new Command('npm run corpus --')
  .description('Runs real programs under emulation, in the VM.')
  .option('--arch <arch>', 'this architecture only; may be repeated', collect(parseArch), [])
  .addOption(
    new Option('--emulator <suite>', 'the suite the emulator comes from; default: what is in use').choices(
      emulatorSuites,
    ),
  )
  .addOption(
    new Option('--program <name>', 'this program only; may be repeated')
      .argParser(collect((name) => named(name)))
      .default([]),
  )
  .option('--unconfigured', 'skip dpkg --configure -a, which takes long where the VM is emulated, too', false)
  .option('--again', 'also what has a result already', false)
  .option('--page-only', 'write docs/compatibility.md anew and run nothing', false)
  .parse();
const asked = command.opts<{
  arch: Arch[];
  emulator?: EmulatorSuite;
  program: Program[];
  unconfigured: boolean;
  again: boolean;
  pageOnly: boolean;
}>();

const interrupt = new AbortController();
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(interruptedStatus);
  report.say('Stopping; what is finished is kept. Interrupt again to leave at once.');
  interrupt.abort();
});
const { signal } = interrupt;
const report = textReport((line) => process.stderr.write(line));
const results = await ResultsFile.open(join(import.meta.dirname, 'results.json'));

try {
  if (!asked.pageOnly) await runAll();
} catch (thrown) {
  if (!isAbort(thrown)) {
    const { message, hint } = toEngineError(thrown);
    report.say(`${message} ${hint}`.trim());
  }
  process.exitCode = signal.aborted ? interruptedStatus : 1;
}
await writePage();
printTable();

async function runAll(): Promise<void> {
  const home = homeFromEnvironment();
  const client = await connectEngine({ home, startIfNone: true, signal });
  const { vms } = await readState(client);
  const wasRunning = vms[vm]?.state === 'running';
  try {
    report.say(wasRunning ? 'The VM runs already.' : 'Starting the VM.');
    const machine = machineOf(await client.calls.vm.start({ vm }));
    const emulators = await switchedOn(client, asked.arch.length > 0 ? asked.arch : usualArches);
    const wanted = asked.program.length > 0 ? asked.program : programs;
    const groups = programGroups.flatMap((group) =>
      [...emulators].map(([arch, emulator]) => ({
        arch,
        emulator,
        programs: wanted.filter(
          (program) =>
            program.group === group &&
            !isKnown({ arch, emulator: emulator?.suite ?? null, program: program.name }),
        ),
      })),
    );
    await mapConcurrent(
      groups.filter((group) => group.programs.length > 0),
      parallelGroups,
      async (group) => {
        signal.throwIfAborted();
        await runPrograms({
          ...group,
          client,
          home,
          vm,
          configure: !asked.unconfigured,
          signal,
          report,
          onResult: async (result) => {
            await results.put(result, machine);
            await writePage();
          },
        });
      },
    );
  } finally {
    if (!wasRunning) await client.calls.vm.stop({ vm });
    await client.close();
  }
}

/** Each architecture with what runs it; those that cannot be switched on are told and left out. */
async function switchedOn(client: EngineClient, wanted: readonly Arch[]) {
  const ready = new Map<Arch, { suite: EmulatorSuite; version: string } | null>();
  for (const arch of wanted) {
    signal.throwIfAborted();
    report.say(`${arch}: switching on`);
    try {
      const on = await client.calls.emulation.on({ vm, arch });
      const handler = asked.emulator
        ? await client.calls.emulation.choose({ vm, arch, version: asked.emulator })
        : on;
      if (handler.state === 'native') ready.set(arch, null);
      else {
        const suite = handler.choices.find(({ current }) => current)?.suite ?? 'stable';
        ready.set(arch, { suite, version: handler.emulatorVersion ?? 'unknown' });
        report.say(`${arch}: ${handler.emulator} ${handler.emulatorVersion} (${suite})`);
      }
    } catch (thrown) {
      report.say(`${arch}: left out. ${toEngineError(thrown).message}`);
    }
  }
  return ready;
}

/** A program that ran in a system which was only unpacked is run again when it shall be configured. */
function isKnown(key: Parameters<ResultsFile['find']>[0]): boolean {
  const known = results.find(key);
  return !asked.again && known !== undefined && (known.configured || asked.unconfigured);
}

function machineOf(record: Vm): Machine {
  return {
    qemu: record.qemuVersion ?? 'unknown',
    kernel: record.kernelVersion ?? 'unknown',
    docker: record.dockerVersion ?? 'unknown',
    accelerator: record.accelerator ?? 'unknown',
    vmArch: record.arch,
  };
}

async function writePage(): Promise<void> {
  await writeFileAtomic(pagePath, compatibilityPage(results), pageMode);
}

function printTable(): void {
  const words = (result: Result): string =>
    result.outcome === 'not-run' ? 'not run' : `${result.outcome} ${result.seconds.toFixed(1)} s`;
  console.table(
    Object.fromEntries(
      programs.map(({ name }) => [
        name,
        Object.fromEntries(
          results.all
            .filter((result) => result.program === name)
            .map((result) => [`${result.arch} ${result.emulator ?? ''}`.trim(), words(result)]),
        ),
      ]),
    ),
  );
}

function collect<T>(parse: (text: string) => T): (text: string, all: T[]) => T[] {
  return (text, all) => [...all, parse(text)];
}

function named(name: string): Program {
  const found = programs.find((program) => program.name === name);
  if (found) return found;
  return command.error(
    `There is no program "${name}"; there are ${programs.map((one) => one.name).join(', ')}.`,
  );
}
