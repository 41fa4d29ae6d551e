import type { SelfTestStep } from '../../../contract/records.ts';
import type { ArchRow } from '../arch-table.ts';
import { stubExitCode } from './exit-stub.ts';
import { auxiliary, type LookReport, readLook } from './look-report.ts';
import type { ProgramName, ProgramRun, ProgramRuns } from './program-run.ts';

/** By which name the script starts the program `look`. */
const givenName = 'foredeck-look';

const segmentationFault = 139;

const noUser = 'not run: this system has no user but root';

/** The exit stub: kernel, entry and emulator take such a program at all. */
export function runStep(row: ArchRow, runs: ProgramRuns, registered: boolean): SelfTestStep {
  const run = runs.get('run');
  const ok = run?.code === stubExitCode;
  return {
    id: 'run',
    ok,
    ms: run?.ms ?? 0,
    detail: run ? exitWords(run.code, registered) : 'the test program was not run',
    consequence: ok ? null : `no ${row.arch} program starts`,
  };
}

/** Flag O: the kernel opens a program which its user may not read. */
export function openBinaryStep(row: ArchRow, runs: ProgramRuns): SelfTestStep {
  const run = looked(row, runs, 'look-unreadable');
  if (!run) return { id: 'open-binary', ok: true, ms: 0, detail: noUser, consequence: null };
  return {
    id: 'open-binary',
    ok: run.report !== null,
    ms: run.ms,
    detail: run.report
      ? 'a program without read permission runs'
      : `a program without read permission ${run.words}`,
    consequence: run.report ? null : 'programs without read permission will not start: no O',
  };
}

/** Flag C: a setuid program gets its owner's rights, not its caller's. */
export function credentialsStep(row: ArchRow, runs: ProgramRuns): SelfTestStep {
  const run = looked(row, runs, 'look-setuid');
  if (!run) return { id: 'credentials', ok: true, ms: 0, detail: noUser, consequence: null };
  const euid = run.report?.auxv.get(auxiliary.euid);
  const ok = euid === 0n;
  return {
    id: 'credentials',
    ok,
    ms: run.ms,
    detail:
      euid === undefined
        ? `a setuid program ${run.words}`
        : `a setuid program of root sees user ${euid}${ok ? '' : ' instead of 0'}`,
    consequence: ok ? null : 'sudo inside will fail: no C',
  };
}

/** Flag P: a program sees the name which it was called by. */
export function argv0Step(row: ArchRow, runs: ProgramRuns): SelfTestStep {
  const run = looked(row, runs, 'look-plain') ?? looked(row, runs, 'look-setuid');
  const name = run?.report?.argv0;
  const ok = name === givenName;
  return {
    id: 'argv0',
    ok,
    ms: run?.ms ?? 0,
    detail:
      name === undefined
        ? `the program that tells its name ${run?.words ?? 'was not run'}`
        : ok
          ? 'a program sees the name it is called by'
          : 'a program sees its path instead of the name it is called by',
    consequence: ok ? null : 'busybox and others which go by their name will fail: no P',
  };
}

/** A crash inside has to look like a crash outside. */
export function crashStep(row: ArchRow, runs: ProgramRuns): SelfTestStep {
  const run = runs.get('crash');
  const ok = run?.code === segmentationFault;
  const found = run ? exitStatusWords(run.code) : 'was not run';
  return {
    id: 'signal',
    ok,
    ms: run?.ms ?? 0,
    detail: ok
      ? 'reading address 0 ends with status 139, as expected'
      : `reading address 0 ${found} instead of 139`,
    consequence: ok ? null : `${row.arch} programs that crash will seem to end otherwise`,
  };
}

interface Looked {
  readonly ms: number;
  readonly report: LookReport | null;
  /** What became of it, behind "the program". */
  readonly words: string;
}

/** The run of `look` that answers for `name`: the one for all of them, or when that failed its own. */
export function looked(row: ArchRow, runs: ProgramRuns, name: ProgramName): Looked | null {
  const all = runs.get('look');
  const own = runs.get(name);
  const run: ProgramRun | undefined = all?.code === 0 ? all : own;
  if (!run) return null;
  const report = run.code === 0 ? readLook(row, run.output) : null;
  const words = run.code === 0 ? 'wrote something else than it should' : exitStatusWords(run.code);
  return { ms: run.ms, report, words };
}

function exitStatusWords(code: number): string {
  if (code === -1) return 'could not be written in the VM';
  if (code === 124) return 'did not end within 20 seconds';
  return `ends with status ${code}`;
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
