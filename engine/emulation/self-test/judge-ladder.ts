import type { SelfTest, SelfTestCause, SelfTestStep } from '../../../contract/records.ts';
import type { ArchRow } from '../arch-table.ts';
import { type BinfmtEntry, entryDifferences } from '../binfmt-entry.ts';
import { versionInPath } from '../emulator-binary.ts';
import { firstEntry, ownEntry } from '../find-entry.ts';
import type { TripReport } from '../guest-trip.ts';
import { judgeInstructions } from './judge-instructions.ts';
import { argv0Step, crashStep, credentialsStep, openBinaryStep, runStep } from './judge-runs.ts';
import { judgeSyscalls } from './judge-syscalls.ts';
import type { ProgramRuns } from './program-run.ts';

interface Judged {
  readonly row: ArchRow;
  readonly report: TripReport;
  readonly cause: SelfTestCause;
}

/**
 * The proof that an architecture's programs run: the entry is what the table says, the first that matches, and every
 * test program did what it should. `interpreter` is the emulator's path that ought to be registered. The result is
 * not `complete`: busybox and Docker have their turn later.
 */
export function judgeHandler(options: Judged & { readonly interpreter: string }): SelfTest {
  const { row, report, interpreter } = options;
  const own = ownEntry(row, report.entries);
  const entries = [entryStep(row, report, own, interpreter), orderStep(row, report.entries, own)];
  const version = versionInPath(own?.interpreter ?? interpreter);
  return summary(options, entries, climbed(row, report, { registered: own !== undefined, version }));
}

/** The same for a processor that needs no handler; `complete` at once. */
export function judgeNative(options: Judged): SelfTest {
  const { row, report } = options;
  return {
    ...summary(options, [], climbed(row, report, { registered: false, version: null })),
    complete: true,
  };
}

interface Climbed {
  readonly steps: readonly SelfTestStep[];
  readonly isaLevel: string | null;
  readonly missingSyscalls: readonly string[];
}

/** The steps that were run; none behind a stub that does not run. */
function climbed(
  row: ArchRow,
  report: TripReport,
  how: { registered: boolean; version: string | null },
): Climbed {
  const runs: ProgramRuns = report.runs.get(row.arch) ?? new Map();
  const run = runStep(row, runs, how.registered);
  // A native program runs by its own credentials; only an entry's flags could change that.
  const flags = how.registered ? [openBinaryStep(row, runs), credentialsStep(row, runs)] : [];
  if (!run.ok || runs.size === 1) return { steps: [run], isaLevel: null, missingSyscalls: [] };
  const instructions = judgeInstructions(row, runs);
  const syscalls = judgeSyscalls(row, runs, how.version);
  return {
    steps: [run, ...flags, argv0Step(row, runs), crashStep(row, runs), instructions.step, syscalls.step],
    isaLevel: instructions.level,
    missingSyscalls: syscalls.missing,
  };
}

function entryStep(
  row: ArchRow,
  report: TripReport,
  own: BinfmtEntry | undefined,
  interpreter: string,
): SelfTestStep {
  const problems = own ? entryDifferences(own, row, interpreter) : ['it is not registered'];
  if (!report.binfmtEnabled) problems.push('binfmt_misc as a whole is switched off');
  const starts = own?.enabled && report.binfmtEnabled;
  const consequence = starts
    ? `${row.arch} programs do not run as Foredeck registered them`
    : `${row.arch} programs will not start: exec format error`;
  return {
    id: 'entry',
    ok: problems.length === 0,
    ms: 0,
    detail:
      own && problems.length === 0 ? `${own.name}: ${own.flags}, as the table has it` : problems.join('; '),
    consequence: problems.length === 0 ? null : consequence,
  };
}

/** The kernel takes the newest entry that matches. */
function orderStep(
  row: ArchRow,
  entries: readonly BinfmtEntry[],
  own: BinfmtEntry | undefined,
): SelfTestStep {
  const first = firstEntry(row, entries);
  const shadowed = first !== undefined && first !== own;
  return {
    id: 'order',
    ok: !shadowed,
    ms: 0,
    detail: shadowed
      ? `the entry "${first.name}" of another program (${first.interpreter}) comes before it`
      : 'no other entry comes before it',
    consequence: shadowed ? `${row.arch} programs run under that program, not under this emulator` : null,
  };
}

function summary(
  { row, report, cause }: Judged,
  entries: readonly SelfTestStep[],
  { steps, isaLevel, missingSyscalls }: Climbed,
): SelfTest {
  const all = [...entries, ...steps];
  const runs = [...(report.runs.get(row.arch)?.values() ?? [])];
  const ok = all.every((step) => step.ok);
  return {
    at: Date.now(),
    cause,
    ok,
    ms: runs.reduce((sum, run) => sum + run.ms, 0),
    steps: all,
    // Nothing follows what has failed already.
    complete: !ok,
    isaLevel,
    missingSyscalls: [...missingSyscalls],
  };
}
