import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Arch } from '../../contract/arch.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { jsonOption, parseArch, type VmOptions, vmOption } from '../arguments.ts';
import { Failed, UsageError } from '../failure.ts';
import { note, print, printJson } from '../output.ts';
import { printable } from '../printable.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';
import { printHandlers } from './emulate-list.ts';
import { confirmOff } from './emulate-off.ts';

const actions = ['on', 'off', 'test', 'use'] as const;
type Action = (typeof actions)[number];

interface EmulateOptions extends VmOptions {
  readonly yes: boolean;
}

export function addEmulateCommand(program: Command): void {
  program
    .command('emulate')
    .description('architectures the VM runs by emulation')
    .usage('list | all on|off | <arch> on|off|test | <arch> use <version> [--vm <name>] [--json]')
    .argument('<arch>', 'an architecture as OCI platforms write it, such as arm64; all; or list', (text) =>
      text === 'list' || text === 'all' ? text : parseArch(text),
    )
    .argument('[action]', 'on, off, test or use', parseAction)
    .argument(
      '[version]',
      'for use: stable, backports, previous, or a version or its beginning, such as 11.1',
    )
    .addOption(vmOption())
    .addOption(jsonOption())
    .addOption(new Option('--yes', 'switch off without asking').default(false))
    .action(
      async (
        arch: Arch | 'list' | 'all',
        action: Action | undefined,
        version: string | undefined,
        options: EmulateOptions,
      ) => {
        if (version !== undefined && action !== 'use')
          throw new UsageError(`"${action}" takes no "${version}".`);
        if (arch === 'list') {
          if (action) throw new UsageError(`"emulate list" takes no "${action}".`);
          await list(options);
        } else if (arch === 'all') {
          if (action !== 'on' && action !== 'off') throw new UsageError('say what to do with all: on or off');
          await switchAll(action, options);
        } else if (action === 'test') await test(arch, options);
        else if (action === 'use') {
          if (version === undefined) {
            throw new UsageError('say which version: stable, backports, previous, or its number');
          }
          await use(arch, version, options);
        } else if (action) await toggle(arch, action, options);
        else throw new UsageError(`say what to do with ${arch}: on, off, test or use`);
      },
    );
}

function parseAction(text: string): Action {
  const action = actions.find((known) => known === text);
  if (action) return action;
  throw new InvalidArgumentError('It is on, off, test or use.');
}

async function list({ vm, json }: EmulateOptions): Promise<void> {
  const handlers = await withEngine((engine) => engine.calls.emulation.list({ vm }));
  if (json) printJson(handlers);
  else printHandlers(handlers, Date.now());
}

async function toggle(arch: Arch, action: 'on' | 'off', options: EmulateOptions): Promise<void> {
  const { vm, json, yes } = options;
  await withEngine(async (engine) => {
    if (action === 'off' && !yes && !json && !(await confirmOff(engine, vm, [arch]))) {
      note(`${arch} is left as it is.`);
      throw new Failed();
    }
    const handler = await withProgress(engine, {}, () => engine.calls.emulation[action]({ vm, arch }));
    if (json) printJson(handler);
    else print(printable(outcome(handler)));
  });
}

async function switchAll(to: 'on' | 'off', { vm, json, yes }: EmulateOptions): Promise<void> {
  await withEngine(async (engine) => {
    if (to === 'off' && !yes && !json) {
      const before = await engine.calls.emulation.list({ vm });
      const on = before.filter(({ state }) => state === 'on').map(({ arch }) => arch);
      if (!(await confirmOff(engine, vm, on))) {
        note('They are left as they are.');
        throw new Failed();
      }
    }
    const handlers = await withProgress(engine, {}, () => engine.calls.emulation.all({ vm, to }));
    if (json) printJson(handlers);
    else printHandlers(handlers, Date.now());
    if (handlers.some(({ state }) => state === 'failed')) throw new Failed();
  });
}

async function use(arch: Arch, version: string, { vm, json }: EmulateOptions): Promise<void> {
  const handler = await withEngine((engine) =>
    withProgress(engine, {}, () => engine.calls.emulation.choose({ vm, arch, version })),
  );
  if (json) {
    printJson(handler);
    return;
  }
  print(printable(outcome(handler)));
  const { runningUnderOthers: others } = handler;
  if (others > 0) {
    const goOn = others === 1 ? '1 program goes' : `${others} programs go`;
    print(`${goOn} on under the version before; restart the containers to move them.`);
  }
}

function outcome(handler: Handler): string {
  if (handler.state !== 'on') {
    const after = handler.activity ? `: ${handler.activity}` : '';
    return `${handler.arch} is ${handler.state}${after}.`;
  }
  const { arch, emulator, emulatorVersion, flags, switchedOnMs } = handler;
  const proved = switchedOnMs === null ? '.' : `, proved in ${(switchedOnMs / 1_000).toFixed(1)} s.`;
  return `${arch} is on: ${emulator} ${emulatorVersion ?? ''} (${flags ?? ''})${proved}`;
}

async function test(arch: Arch, { vm, json }: EmulateOptions): Promise<void> {
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
    if (step.consequence !== null) print(`        ${printable(step.consequence)}`);
  }
  print(`${arch}: ${result.ok ? 'passed' : 'failed'} in ${Math.round(result.ms)} ms`);
}
