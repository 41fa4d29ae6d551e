import { type Command, Option } from 'commander';
import type { Diagnosis, Fix, RememberedFix } from '../../contract/doctor.ts';
import type { Container, Handler } from '../../contract/records.ts';
import type { State } from '../../contract/state.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { jsonOption, vmOption } from '../arguments.ts';
import { Failed, UsageError } from '../failure.ts';
import { print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { withProgress } from '../progress.ts';
import { readState, withEngine } from '../with-engine.ts';

interface DoctorOptions {
  readonly vm: string;
  readonly json: boolean;
  readonly fix?: string;
  readonly keep: boolean;
  readonly fresh: boolean;
  readonly yes: boolean;
  readonly remembered: boolean;
  readonly forget?: string;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('why containers fail under emulation, and what helps')
    .usage(
      '[<container>] [--fix <id> --keep|--fresh --yes] [--remembered] [--forget <image>] [--vm <name>] [--json]',
    )
    .argument('[container]', 'a name, an id or its beginning; every container that failed unless given')
    .option('--fix <id>', 'apply this fix of the verdict')
    .option('--keep', 'run again with what the container has written', false)
    .addOption(
      new Option('--fresh', 'run again from the image; volumes stay').default(false).conflicts('keep'),
    )
    .option('--yes', 'apply the fix without further ado', false)
    .option('--remembered', 'print the fixes that made images run before', false)
    .option('--forget <image>', "forget an image's fixes")
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(async (container: string | undefined, options: DoctorOptions) => {
      if (options.remembered || options.forget !== undefined) await remembered(options);
      else if (options.fix !== undefined) await applyFix(container, options.fix, options);
      else if (container !== undefined) await examineOne(container, options);
      else await examineAll(options);
    });
}

async function examineOne(container: string, { vm, json }: DoctorOptions): Promise<void> {
  const { row, diagnosis } = await withEngine(async (engine) => {
    const verdicts = await engine.calls.doctor.examine({ vm, container });
    const [id = '', found = null] = Object.entries(verdicts)[0] ?? [];
    const state = await readState(engine);
    return { row: state.containers[id] ?? namedContainer(state, vm, container), diagnosis: found };
  });
  if (json) printJson({ container: row ? containerFacts(row) : null, diagnosis });
  else if (diagnosis) printDiagnosis(row?.name ?? container, diagnosis);
  else
    print(
      `${printable(row?.name ?? container)}: nothing known to be wrong with how it runs${endWords(row)}.`,
    );
  if (diagnosis) throw new Failed();
}

async function examineAll({ vm, json }: DoctorOptions): Promise<void> {
  const report = await withEngine(async (engine) => {
    const verdicts = await engine.calls.doctor.examine({ vm, container: null });
    const handlers = await engine.calls.emulation.list({ vm });
    return { verdicts, handlers, state: await readState(engine) };
  });
  const failures = Object.entries(report.verdicts).flatMap(([id, diagnosis]) => {
    const row = report.state.containers[id];
    return row ? [{ container: containerFacts(row), diagnosis }] : [];
  });
  if (json) {
    printJson({ vm, handlers: report.handlers, failures });
    return;
  }
  printHandlers(report.handlers);
  for (const { container, diagnosis } of failures) {
    print('');
    printDiagnosis(container.name, diagnosis);
  }
  if (failures.length === 0) print('\nNo container is known to have failed because of emulation.');
}

async function applyFix(
  container: string | undefined,
  fix: string,
  { vm, json, yes, keep, fresh }: DoctorOptions,
): Promise<void> {
  if (container === undefined)
    throw new UsageError('say which container: foredeck doctor <container> --fix <id>');
  await withEngine(async (engine) => {
    const { row, chosen } = await findFix(engine, { vm, container, fix });
    const runsAnew = chosen?.kind === 'run-again' || chosen?.kind === 'use-platform';
    if (runsAnew && !keep && !fresh) {
      throw new UsageError(
        'say what becomes of what it has written: --keep takes it along, --fresh starts from the image',
      );
    }
    if (!yes) {
      const detail = chosen ? `${chosen.label}: ${chosen.detail}` : `no fix "${fix}" is known`;
      throw new UsageError(`${printable(detail)} Add --yes to do it.`);
    }
    const outcome = await withProgress(engine, {}, () =>
      engine.calls.doctor.fix({
        vm,
        container: row?.id ?? container,
        fix,
        data: fresh ? 'fresh' : 'keep',
      }),
    );
    if (json) printJson(outcome);
    else print(printable(outcome.message));
  });
}

async function findFix(
  engine: EngineClient,
  asked: { vm: string; container: string; fix: string },
): Promise<{ row: Container | undefined; chosen: Fix | undefined }> {
  const { vm, container, fix } = asked;
  const state = await readState(engine);
  const row = namedContainer(state, vm, container);
  const verdicts = row?.diagnosis ? {} : await engine.calls.doctor.examine({ vm, container });
  const diagnosis = row?.diagnosis ?? Object.values(verdicts)[0];
  return { row, chosen: diagnosis?.fixes.find((offered) => offered.id === fix) };
}

async function remembered({ json, forget }: DoctorOptions): Promise<void> {
  const fixes = await withEngine((engine) =>
    forget === undefined ? engine.calls.doctor.remembered() : engine.calls.doctor.forget({ image: forget }),
  );
  if (json) printJson(fixes);
  else if (fixes.length === 0) print('No fix is remembered.');
  else printTable(['IMAGE', 'ARCH', 'WHAT HAPPENED', 'WHAT HELPED', 'SINCE'], fixes.map(rememberedRow));
}

function rememberedRow(fix: RememberedFix): string[] {
  return [fix.image, fix.arch ?? '', fix.rule, fix.label, new Date(fix.at).toISOString().slice(0, 10)];
}

function printHandlers(handlers: readonly Handler[]): void {
  printTable(
    ['ARCH', 'HANDLER', 'PROVED', 'WHAT IS MISSING'],
    handlers
      .filter((handler) => handler.state !== 'native')
      .map((handler) => [handler.arch, handler.state, provedWords(handler), missingWords(handler)]),
  );
}

function provedWords({ lastTest, state }: Handler): string {
  if (state !== 'on' || !lastTest) return '';
  const minutes = Math.round((Date.now() - lastTest.at) / 60_000);
  return `${lastTest.ok ? 'yes' : 'no'}, ${minutes} min ago`;
}

function missingWords({ lastTest, error, drift }: Handler): string {
  const consequences = lastTest?.steps.flatMap((step) =>
    step.consequence === null ? [] : [step.consequence],
  );
  return error?.message ?? drift?.changes.at(-1) ?? consequences?.join('; ') ?? '';
}

/** Verdict, evidence, numbered fixes. Log lines among the evidence are hostile text. */
function printDiagnosis(name: string, diagnosis: Diagnosis): void {
  print(`${printable(name)}: ${printable(diagnosis.title)}`);
  print(`  ${printable(diagnosis.cause)}`);
  print('  Known from:');
  for (const line of diagnosis.evidence) print(`    - ${printable(line)}`);
  print('  What helps:');
  diagnosis.fixes.forEach((fix, index) => {
    const worked = fix.workedBefore ? ' (worked before)' : '';
    print(`    ${index + 1}. ${printable(fix.label)}${worked}  [${fix.id}]`);
    print(`       ${printable(fix.unavailable ?? fix.detail)}`);
    if (fix.command !== null) print(`       $ ${printable(fix.command)}`);
  });
  if (diagnosis.source !== null) print(`  More: ${diagnosis.source}`);
}

function namedContainer(state: State, vm: string, asked: string): Container | undefined {
  const rows = Object.values(state.containers).filter((row) => row.vm === vm);
  return (
    rows.find((row) => row.name === asked || row.id === asked) ?? rows.find((row) => row.id.startsWith(asked))
  );
}

function containerFacts({ id, name, image, state, exitCode, arch, execution, emulator }: Container) {
  return { id, name, image, state, exitCode, arch, execution, emulator };
}

function endWords(row: Container | undefined): string {
  return row?.exitCode ? `; it ended with exit code ${row.exitCode}` : '';
}
