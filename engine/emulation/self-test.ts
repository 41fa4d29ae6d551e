import type { SelfTest, SelfTestStep } from '../../contract/records.ts';
import type { ArchRow } from './arch-table.ts';
import { type BinfmtEntry, entryDifferences, entryMatches } from './binfmt-entry.ts';
import { exitStub, stubExitCode } from './exit-stub.ts';
import { emulatorsFolder, type StubRun, type TripReport } from './guest-trip.ts';

/** The proof that an architecture's programs run: the entry is what the table says, the first that matches, and works. */
export function judgeHandler(row: ArchRow, report: TripReport, interpreter: string): SelfTest {
  const own = ownEntry(row, report.entries);
  return summary([
    entryStep(row, report, own, interpreter),
    orderStep(row, report.entries, own),
    stubStep(report.stubs.get(row.arch), own !== undefined),
  ]);
}

/** The same for a processor that needs no handler. */
export function judgeNative(row: ArchRow, report: TripReport): SelfTest {
  return summary([stubStep(report.stubs.get(row.arch), false)]);
}

/** Our entry for this row, whatever its name. */
export function ownEntry(row: ArchRow, entries: readonly BinfmtEntry[]): BinfmtEntry | undefined {
  return entries.find(
    (entry) =>
      entry.interpreter.startsWith(`${emulatorsFolder}/`) && entry.interpreter.endsWith(`/${row.emulator}`),
  );
}

/** Somebody else's entry that takes programs of this architecture. */
export function foreignEntry(row: ArchRow, entries: readonly BinfmtEntry[]): BinfmtEntry | undefined {
  const own = ownEntry(row, entries);
  return entries.find((entry) => entry !== own && entryMatches(entry, exitStub(row)));
}

function entryStep(
  row: ArchRow,
  report: TripReport,
  own: BinfmtEntry | undefined,
  interpreter: string,
): SelfTestStep {
  const problems = own ? entryDifferences(own, row, interpreter) : ['it is not registered'];
  if (!report.binfmtEnabled) problems.push('binfmt_misc as a whole is switched off');
  const detail =
    own && problems.length === 0 ? `${own.name}: ${own.flags}, as the table has it` : problems.join('; ');
  return { id: 'entry', ok: problems.length === 0, ms: 0, detail, consequence: null };
}

/** The kernel takes the newest entry that matches. */
function orderStep(
  row: ArchRow,
  entries: readonly BinfmtEntry[],
  own: BinfmtEntry | undefined,
): SelfTestStep {
  const header = exitStub(row);
  const first = entries.find((entry) => entryMatches(entry, header));
  if (first && first !== own) {
    const detail = `the entry "${first.name}" of another program (${first.interpreter}) comes before it`;
    return { id: 'order', ok: false, ms: 0, detail, consequence: null };
  }
  return { id: 'order', ok: true, ms: 0, detail: 'no other entry comes before it', consequence: null };
}

function stubStep(stub: StubRun | undefined, registered: boolean): SelfTestStep {
  if (!stub)
    return { id: 'run', ok: false, ms: 0, detail: 'the test program was not run', consequence: null };
  return {
    id: 'run',
    ok: stub.code === stubExitCode,
    ms: stub.ms,
    detail: exitWords(stub.code, registered),
    consequence: null,
  };
}

/** What an exit status of the stub says. Sources: measured; POSIX shells' 126, 127 and 128 + n. */
function exitWords(code: number, registered: boolean): string {
  switch (code) {
    case stubExitCode:
      return 'exit code 42, as expected';
    case -1:
      return 'the test program could not be written in the VM';
    case 124:
      return 'the test program did not end within 20 seconds';
    case 126:
      return registered
        ? 'exec format error: no enabled handler took it'
        : 'exec format error: there is no handler';
    case 127:
      return 'the emulator was not found: the entry lacks F, or the emulator needs libraries';
    case 132:
      return 'illegal instruction: the emulator does not fit the processor';
    case 134:
      return 'the emulator aborted';
    case 139:
      return 'segmentation fault: the emulator is broken';
    case 255:
      return 'the emulator gave up: it is for another architecture';
    default:
      return `exit code ${code} instead of 42`;
  }
}

function summary(steps: SelfTestStep[]): SelfTest {
  return {
    at: Date.now(),
    cause: 'request',
    ok: steps.every((step) => step.ok),
    ms: steps.reduce((sum, step) => sum + step.ms, 0),
    steps,
    complete: true,
    isaLevel: null,
    missingSyscalls: [],
  };
}
