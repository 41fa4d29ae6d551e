import { once } from 'node:events';
import type { Command } from 'commander';
import {
  execPath,
  type TerminalClientMessage,
  TerminalServerMessage,
  TerminalSize,
  terminalPath,
} from '../../contract/terminal.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import type { WebSocketRawStream } from '../../engine/rpc/raw-stream.ts';
import { vmOption } from '../arguments.ts';
import { printable } from '../printable.ts';
import { readState, withEngine } from '../with-engine.ts';
import { start } from './vm.ts';

/** The first byte of what an exec stream sends, contract/terminal.ts. */
const stdoutChannel = 1;

export function addShellCommand(program: Command): void {
  program
    .command('shell')
    .description("a shell in the VM, or one command; its exit status is this command's")
    .usage('[--vm <name>] [-t] [-- <command> [argument...]]')
    .argument('[argv...]', 'a command and its arguments')
    .option('-t, --tty', 'give the command a terminal, as full-screen programs need', false)
    .addOption(vmOption())
    .passThroughOptions()
    .action(async (argv: string[], { vm, tty }: { vm: string; tty: boolean }) => {
      process.exitCode = await withEngine(async (engine) => {
        await untilStarted(engine, vm);
        const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
        if (argv.length > 0 && !tty) return await runCommand(engine, vm, argv);
        if (onTerminal) return await runTerminal(engine, vm, argv.length > 0 ? argv : null);
        return await runCommand(engine, vm, argv.length > 0 ? argv : ['bash', '-l']);
      });
    });
}

/** A VM that is on its way up is waited for; one that is stopped stays so, and the engine says what to do. */
async function untilStarted(engine: EngineClient, vm: string): Promise<void> {
  const { vms } = await readState(engine);
  if (['composing', 'starting'].includes(vms[vm]?.state ?? '')) await start(engine, vm);
}

async function runCommand(engine: EngineClient, vm: string, argv: string[]): Promise<number> {
  const { id } = await engine.calls.guest.exec({ vm, argv });
  const stream = await engine.openStream(execPath(id));
  const exit = exitOf(stream, (bytes) =>
    written(bytes[0] === stdoutChannel ? process.stdout : process.stderr, bytes.subarray(1)),
  );
  // The command may end without reading all of it.
  const input = sendInput(stream).catch(() => undefined);
  try {
    return await exit;
  } finally {
    process.stdin.destroy();
    await input;
    stream.close();
  }
}

async function sendInput(stream: WebSocketRawStream): Promise<void> {
  for await (const chunk of process.stdin) await new Promise<void>((resolve) => stream.send(chunk, resolve));
  stream.send(JSON.stringify({ type: 'stdin-end' }));
}

async function runTerminal(engine: EngineClient, vm: string, argv: string[] | null): Promise<number> {
  const { id } = await engine.calls.terminal.open({ vm, argv, ...terminalSize() });
  const stream = await engine.openStream(terminalPath(id));
  const exit = exitOf(stream, (bytes) => written(process.stdout, bytes));
  const resize = (): void => {
    const message: TerminalClientMessage = { type: 'resize', ...terminalSize() };
    stream.send(JSON.stringify(message));
  };
  const type = (bytes: Buffer): void => stream.send(bytes);
  process.stdin.setRawMode(true);
  try {
    process.stdin.on('data', type);
    process.stdout.on('resize', resize);
    return await exit;
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.destroy();
    process.stdout.off('resize', resize);
    stream.close();
    await engine.calls.terminal.close({ id }).catch(() => undefined);
  }
}

/** This terminal's size, kept to what the contract takes. */
function terminalSize(): TerminalSize {
  const { columns = 80, rows = 24 } = process.stdout;
  return {
    cols: Math.min(Math.max(columns, 2), TerminalSize.shape.cols.maxValue ?? columns),
    rows: Math.min(Math.max(rows, 2), TerminalSize.shape.rows.maxValue ?? rows),
  };
}

/** Passes bytes on and resolves with the exit status. */
function exitOf(
  stream: WebSocketRawStream,
  onBytes: (bytes: Uint8Array) => undefined | Promise<void>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    stream.onMessage((message) => {
      if (typeof message !== 'string') return onBytes(message);
      const told = TerminalServerMessage.safeParse(JSON.parse(message)).data;
      if (told?.type !== 'exit') return;
      if (told.code === null) reject(ended(told.reason || 'the connection to the VM went away'));
      else resolve(told.code);
      return;
    });
    stream.onClose((_code, reason) => {
      void stream.delivered().then(() => reject(ended(reason || 'the engine went away')));
    });
  });
}

function ended(why: string): EngineError {
  return new EngineError({
    code: 'terminal_failed',
    message: `The command ended without an exit status: ${printable(why)}.`,
    hint: '"foredeck status" says how the VM is.',
  });
}

/** Writes; a promise when the reader is slow. */
function written(output: NodeJS.WriteStream, bytes: Uint8Array): undefined | Promise<void> {
  if (output.write(bytes)) return undefined;
  return once(output, 'drain').then(() => undefined);
}
