import { type Command, InvalidArgumentError } from 'commander';
import type { Arch } from '../../contract/arch.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { jsonOption, parseArch, type VmOptions, vmOption } from '../arguments.ts';
import { Failed, UsageError } from '../failure.ts';
import { print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

const actions = ['on', 'off', 'test'] as const;
type Action = (typeof actions)[number];

export function addEmulateCommand(program: Command): void {
  program
    .command('emulate')
    .description('architectures the VM runs by emulation')
    .usage('list | <arch> on|off|test [--vm <name>] [--json]')
    .argument('<arch>', 'an architecture as OCI platforms write it, such as arm64; or list', (text) =>
      text === 'list' ? text : parseArch(text),
    )
    .argument('[action]', 'on, off or test', parseAction)
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(async (arch: Arch | 'list', action: Action | undefined, options: VmOptions) => {
      if (arch === 'list') {
        if (action) throw new UsageError(`"emulate list" takes no "${action}".`);
        await list(options);
      } else if (action === 'test') await test(arch, options);
      else if (action) await toggle(arch, action, options);
      else throw new UsageError(`say what to do with ${arch}: on, off or test`);
    });
}

function parseAction(text: string): Action {
  const action = actions.find((known) => known === text);
  if (action) return action;
  throw new InvalidArgumentError('It is on, off or test.');
}

async function list({ vm, json }: VmOptions): Promise<void> {
  const handlers = await withEngine((engine) => engine.calls.emulation.list({ vm }));
  if (json) printJson(handlers);
  else printTable(['ARCH', 'STATE', 'EMULATOR', 'VERSION', 'FLAGS', 'LAST TEST'], handlers.map(rowOf));
}

function rowOf(handler: Handler): string[] {
  const { lastTest } = handler;
  const tested = lastTest ? `${lastTest.ok ? 'passed' : 'failed'} in ${Math.round(lastTest.ms)} ms` : '';
  return [
    handler.arch,
    handler.state,
    handler.state === 'native' ? '' : handler.emulator,
    handler.emulatorVersion ?? '',
    handler.flags ?? '',
    handler.error?.message ?? tested,
  ];
}

async function toggle(arch: Arch, action: 'on' | 'off', { vm, json }: VmOptions): Promise<void> {
  const handler = await withEngine((engine) =>
    withProgress(engine, {}, () => engine.calls.emulation[action]({ vm, arch })),
  );
  if (json) printJson(handler);
  else if (handler.state !== 'on') print(`${arch} is ${handler.state}.`);
  else
    print(
      `${arch} is on: ${handler.emulator} ${handler.emulatorVersion ?? ''} (${handler.flags ?? ''})${proved(handler)}`,
    );
}

function proved({ switchedOnMs }: Handler): string {
  return switchedOnMs === null ? '.' : `, proved in ${(switchedOnMs / 1_000).toFixed(1)} s.`;
}

async function test(arch: Arch, { vm, json }: VmOptions): Promise<void> {
  const result = await withEngine((engine) => engine.calls.emulation.test({ vm, arch }));
  if (json) printJson(result);
  else printSelfTest(arch, result);
  if (!result.ok) throw new Failed();
}

function printSelfTest(arch: Arch, result: SelfTest): void {
  for (const step of result.steps) {
    print(
      `${step.ok ? 'ok    ' : 'failed'}  ${printable(step.id)}: ${printable(step.detail)} (${Math.round(step.ms)} ms)`,
    );
  }
  print(`${arch}: ${result.ok ? 'passed' : 'failed'} in ${Math.round(result.ms)} ms`);
}
