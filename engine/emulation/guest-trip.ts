import { Arch } from '../../contract/arch.ts';
import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from '../vm/ports.ts';
import type { ArchRow } from './arch-table.ts';
import {
  type BinfmtEntry,
  binfmtFolder,
  expectedFlags,
  parseBinfmtEntry,
  registerString,
} from './binfmt-entry.ts';
import { guestScript } from './guest-script.ts';
import { exitStub } from './self-test/exit-stub.ts';
import { type PriceRun, type ProgramRuns, readPriceRun, readProgramRun } from './self-test/program-run.ts';
import { probedSyscalls } from './self-test/syscall-probes.ts';
import {
  callsProgram,
  cpuidProgram,
  crashProgram,
  lookProgram,
  spinProgram,
} from './self-test/test-programs.ts';

/** Where emulators lie on the VM's data disk, one folder a version. An entry with such an interpreter is ours. */
export const emulatorsFolder = '/var/lib/foredeck/emulators';

/** Every kind of line the guest's script answers with. */
const answerKinds = new Set([
  'mounted',
  'file',
  'register',
  'unregister',
  'running',
  'pruned',
  'ran',
  'price',
  'status',
  'entry',
]);

/**
 * A program may take 20 s of it before the guest gives up on it, and a boot proves every wanted handler in one trip: a
 * stalled VM should be told apart from that.
 */
const tripTimeoutMs = 120_000;

/** How binfmt_misc was found; the trip mounts it, writable, before anything else. */
export type Mounted = 'yes' | 'no' | 'read-only';

/** What a trip to the guest brought back. Maps are keyed by emulator name, architecture or path. */
export interface TripReport {
  readonly mounted: Mounted;
  readonly fileBytes: ReadonlyMap<string, number | null>;
  /** Keyed by emulator; `kept`: the entry was as it should be already. `problem` is empty when all went well. */
  readonly registered: ReadonlyMap<string, { readonly kept: boolean; readonly problem: string }>;
  readonly unregisterProblems: ReadonlyMap<string, string>;
  /** Keyed by emulator, then by the path of the version: how many programs run under it. */
  readonly running: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Paths of the emulators that were removed. */
  readonly pruned: readonly string[];
  /** What was run of the test programs. */
  readonly runs: ReadonlyMap<Arch, ProgramRuns>;
  readonly prices: ReadonlyMap<Arch, PriceRun>;
  /** Newest first, the order in which the kernel searches them. */
  readonly entries: readonly BinfmtEntry[];
  /** False when binfmt_misc as a whole is switched off or missing. */
  readonly binfmtEnabled: boolean;
}

/**
 * Steps for the guest, done in their order by one process in one round trip: an SSH command costs hundreds of
 * milliseconds under TCG. Steps hold table data and our own paths only, never a person's or a container's words.
 */
export class GuestTrip {
  readonly #steps: string[] = [];

  #add(...fields: readonly string[]): this {
    this.#steps.push(fields.join('\t'));
    return this;
  }

  /** Size of a file, null when there is none. */
  file(path: string): this {
    return this.#add('file', path);
  }

  /**
   * Makes our entry for this row point to `interpreter`. F pins the emulator's file, so an older entry of ours is
   * removed first; with `keep`, not when it is equal already. Entries of others stay: where one has the usual name,
   * ours takes another one.
   */
  register(row: ArchRow, interpreter: string, options: { keep: boolean }): this {
    const names = [row.emulator, `foredeck-${row.emulator}`];
    const expected = `enabled\ninterpreter ${interpreter}\nflags: ${expectedFlags}\noffset 0\nmagic ${row.magic}\nmask ${row.mask}\n`;
    return this.#add(
      'register',
      row.emulator,
      options.keep ? '1' : '',
      Buffer.from(expected).toString('hex'),
      ...names.flatMap((name) => [name, registerString(row, name, interpreter)]),
    );
  }

  /** Removes our entries for this row. */
  unregister(row: ArchRow): this {
    return this.#add('unregister', row.emulator);
  }

  /** Counts the programs that run under our emulators of this row, version by version. */
  running(row: ArchRow): this {
    return this.#add('running', row.emulator);
  }

  /** Removes this row's emulators but `keep`, those which entries name and those which programs run under. */
  prune(row: ArchRow, keep: readonly string[]): this {
    return this.#add('prune', row.emulator, ...keep);
  }

  entries(): this {
    return this.#add('entries');
  }

  /** Runs the architecture's exit(42) in an empty chroot. */
  stub(row: ArchRow): this {
    return this.#add('stub', row.arch, hex(exitStub(row)));
  }

  /** Runs all programs of the self-test's ladder, the first of them `stub`'s; the others only if that ends well. */
  prove(row: ArchRow): this {
    const cpuid = cpuidProgram(row);
    return this.#add(
      'prove',
      row.arch,
      hex(exitStub(row)),
      hex(lookProgram(row)),
      hex(crashProgram(row)),
      hex(callsProgram(row, probedSyscalls(row.arch))),
      cpuid ? hex(cpuid) : '',
    );
  }

  /** Times an exec and a loop of the architecture; about a second, several where everything is emulated. */
  price(row: ArchRow): this {
    // Perl's letters for a word of that size and byte order.
    const word = `${row.bits === 64 ? 'q' : 'l'}${row.endian === 'little' ? '<' : '>'}`;
    return this.#add('price', row.arch, hex(exitStub(row)), hex(spinProgram(row, 0)), word);
  }

  /** Throws `guest_command_failed` when the guest did not do every step, whatever the steps' own outcomes. */
  async run(link: GuestLink): Promise<TripReport> {
    const result = await link.exec(['perl', '-', binfmtFolder, emulatorsFolder], {
      input: guestScript + this.#steps.map((step) => `${step}\n`).join(''),
      timeoutMs: tripTimeoutMs,
    });
    const lines = result.stdout.split('\n');
    if (result.code !== 0 || lines.at(-1) !== '' || lines.at(-2) !== 'end') {
      throw new EngineError({
        code: 'guest_command_failed',
        message: `The VM's binfmt_misc could not be read or changed: perl ended with status ${result.code}.`,
        hint: 'Restart the VM. If it stays, the guest image lacks perl-base or the kernel lacks binfmt_misc.',
        details: { stderr: result.stderr.slice(-2_000), stdout: result.stdout.slice(-500) },
      });
    }
    return readReport(lines.slice(0, -2));
  }
}

/** Reads answers of the guest's scripts. Throws `guest_command_failed` at a line of a kind that is not known. */
export function readReport(lines: readonly string[]): TripReport {
  const answers = lines.map((line) => line.split('\t'));
  const strange = answers.find(([kind = '']) => !answerKinds.has(kind));
  if (strange) throw unreadable(strange.join(' '));
  const of = (kind: string): string[][] =>
    answers.filter((answer) => answer[0] === kind).map(([, ...fields]) => fields);
  return {
    mounted: mountedOf(of('mounted')[0]?.[0]),
    fileBytes: new Map(of('file').map(([path = '', bytes]) => [path, bytes === '-1' ? null : Number(bytes)])),
    registered: new Map(
      of('register').map(([emulator = '', outcome, problem]) => [
        emulator,
        { kept: outcome === 'kept', problem: fromHex(problem) },
      ]),
    ),
    unregisterProblems: new Map(
      of('unregister').map(([emulator = '', problem]) => [emulator, fromHex(problem)]),
    ),
    running: byEmulator(of('running')),
    pruned: of('pruned').map(([path = '']) => path),
    runs: runsByArch(of('ran')),
    prices: new Map(of('price').map((fields) => [Arch.parse(fields[0]), readPriceRun(fields)])),
    entries: of('entry')
      .map(([name, content]) => parseBinfmtEntry(fromHex(name), fromHex(content)))
      .filter((entry) => entry !== null),
    binfmtEnabled: of('status').some(([text]) => fromHex(text).startsWith('enabled')),
  };
}

function runsByArch(answers: readonly string[][]): Map<Arch, ProgramRuns> {
  const byArch = new Map<Arch, ProgramRuns>();
  for (const fields of answers) {
    const run = readProgramRun(fields);
    if (!run) throw unreadable(fields.join(' '));
    const arch = Arch.parse(fields[0]);
    byArch.set(arch, new Map([...(byArch.get(arch) ?? []), run]));
  }
  return byArch;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function mountedOf(word: string | undefined): Mounted {
  return word === 'no' || word === 'read-only' ? word : 'yes';
}

function byEmulator(answers: readonly string[][]): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  for (const [emulator = '', path = '', count] of answers) {
    const paths = counts.get(emulator) ?? new Map<string, number>();
    counts.set(emulator, paths.set(path, Number(count)));
  }
  return counts;
}

function fromHex(hex = ''): string {
  return Buffer.from(hex, 'hex').toString('utf8');
}

function unreadable(line: string): EngineError {
  return new EngineError({
    code: 'guest_command_failed',
    message: 'The VM answered in a form that this engine does not know.',
    hint: 'Restart the VM.',
    details: { line: line.slice(0, 200) },
  });
}
