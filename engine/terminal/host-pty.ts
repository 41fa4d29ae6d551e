import { Duplex } from 'node:stream';
import type { IPty } from 'node-pty';
import { EngineError } from '../base/engine-error.ts';
import type { GuestPty } from '../vm/ports.ts';

/** A shell told to hang up ends within milliseconds; one that does not listen is killed. */
const hangUpTimeoutMs = 2_000;

/** What a shell reports for a program which a signal ended: 128 and the signal's number. */
const signalExitBase = 128;

export interface HostProgram {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly cols: number;
  readonly rows: number;
}

/** A program of the host on a pseudo-terminal of its own. Throws `terminal_failed`. */
export async function openHostPty(program: HostProgram): Promise<GuestPty> {
  const { file, args, ...options } = program;
  let pty: IPty;
  try {
    // Loading it loads its native part, which an engine that never opens a shell of the host does without.
    const { spawn } = await import('node-pty');
    pty = spawn(file, [...args], { ...options, name: 'xterm-256color', encoding: null });
  } catch (thrown) {
    throw new EngineError({
      code: 'terminal_failed',
      message: `"${file}" could not be started on this computer: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      hint: 'See whether SHELL names a program that is there.',
      cause: thrown,
    });
  }
  const exited = new Promise<number>((resolve) => {
    pty.onExit(({ exitCode, signal }) => resolve(signal ? signalExitBase + signal : exitCode));
  });
  const stream = streamOf(pty as unknown as BytePty, exited);
  return {
    stream,
    exited,
    resize: (cols, rows) => pty.resize(cols, rows),
    close: () => {
      stream.destroy();
      pty.kill('SIGHUP');
      const kill = setTimeout(() => pty.kill('SIGKILL'), hangUpTimeoutMs);
      void exited.then(() => clearTimeout(kill));
    },
  };
}

/** Without an encoding node-pty takes and hands out bytes; its types know text only. */
type BytePty = Omit<IPty, 'write' | 'onData'> & {
  write(bytes: Uint8Array): void;
  onData(listener: (bytes: Buffer) => void): unknown;
};

function streamOf(pty: BytePty, exited: Promise<number>): Duplex {
  const stream = new Duplex({
    read: () => pty.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      pty.write(chunk);
      done();
    },
  });
  pty.onData((bytes) => {
    if (!stream.push(bytes)) pty.pause();
  });
  // The terminal's last output comes before its exit.
  void exited.then(() => {
    stream.push(null);
    stream.end();
  });
  return stream;
}
