import { type Command, InvalidArgumentError } from 'commander';
import type { LensReport } from '../../contract/syscall-lens.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { Failed } from '../failure.ts';
import { note, print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { withEngine } from '../with-engine.ts';

interface LensOptions extends VmOptions {
  readonly strace: boolean;
  readonly seconds: number;
}

const longestSeconds = 600;

export function addLensCommand(program: Command): void {
  program
    .command('lens')
    .description('which system calls an emulated container makes that its emulator lacks')
    .argument('<container>', 'its name or id; a copy of it runs, it stays as it is')
    .option('--strace', 'every call, not only those that are missing', false)
    .option('--seconds <n>', 'how long to look at most', parseSeconds, 30)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(async (container: string, { vm, json, strace, seconds }: LensOptions) => {
      const report = await withEngine(async (engine) => {
        const mode = strace ? ('strace' as const) : ('unimp' as const);
        note(`A copy of ${printable(container)} runs for up to ${seconds} s.`);
        let last: LensReport | undefined;
        for await (const each of await engine.calls.lens.watch({ vm, container, mode, seconds })) last = each;
        return last;
      });
      if (!report) throw new Failed();
      if (json) printJson(report);
      else printReport(report);
      if (report.state === 'failed') throw new Failed();
    });
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (seconds >= 1 && seconds <= longestSeconds) return seconds;
  throw new InvalidArgumentError(`Look for 1 to ${longestSeconds} seconds.`);
}

function printReport(report: LensReport): void {
  const { calls, mode, problem, state, exitCode, elapsedMs, truncated } = report;
  if (calls.length > 0) {
    printTable(
      ['CALL', 'NUMBER', 'COUNT', 'MISSING', 'ERRORS'],
      calls.map(({ name, number, count, unsupported, errors }) => [
        name,
        number === null ? '' : String(number),
        String(count),
        unsupported ? 'yes' : '',
        Object.entries(errors)
          .map(([error, times]) => `${error} ${times}`)
          .join(', '),
      ]),
    );
    for (const { name, advice } of calls) if (advice !== null) print(`${printable(name)}: ${advice}`);
  } else if (state !== 'failed') {
    print(mode === 'unimp' ? 'It made no call that the emulator lacks.' : 'It made no system call.');
  }
  const how = exitCode === null ? state : `${state} with code ${exitCode}`;
  note(
    `The copy ${how} after ${(elapsedMs / 1_000).toFixed(1)} s${truncated ? '; not everything was read' : ''}.`,
  );
  if (problem !== null) note(printable(problem));
  if (state !== 'failed') return;
  for (const line of report.tail) note(`  ${printable(line)}`);
}
