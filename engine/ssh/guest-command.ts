import { constants } from 'node:os';
import type { ClientChannel } from 'ssh2';
import { EngineError } from '../base/engine-error.ts';
import { orAborted, withDeadline } from '../base/time.ts';
import type { GuestExecOptions, GuestExecResult, GuestProcess } from '../vm/ports.ts';
import { ChannelInput, ChannelOutput, type LostError } from './channel-stream.ts';
import { sendSignal } from './send-signal.ts';

/** A command that never ends must not hold its caller for ever; slow work passes its own limit. */
const defaultTimeoutMs = 30_000;

/** Far more than any command whose output is meant to be held in memory. */
const defaultMaxOutputBytes = 4 * 1024 * 1024;

type Lost = { signal: AbortSignal; error: LostError };

/** The running command on an `exec` channel. */
export function guestProcess(channel: ClientChannel, lost: Lost, signal?: AbortSignal): GuestProcess {
  const exited = exitOf(channel);
  const kill = (): void => killCommand(channel);
  if (signal?.aborted) kill();
  else if (signal) {
    signal.addEventListener('abort', kill, { once: true });
    void exited.then(() => signal.removeEventListener('abort', kill));
  }
  return {
    stdin: new ChannelInput(channel, lost),
    stdout: new ChannelOutput(channel, lost),
    stderr: new ChannelOutput(channel.stderr, lost),
    exited,
    kill,
  };
}

/** Feeds `options.input`, collects both outputs and waits for the end. */
export async function collectCommand(
  argv: readonly string[],
  options: GuestExecOptions,
  link: { lost: Lost; start: (signal: AbortSignal) => Promise<GuestProcess> },
): Promise<GuestExecResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const maxOutputBytes = options.maxOutputBytes ?? defaultMaxOutputBytes;
  const command = commandForMessage(argv);
  return await withDeadline(
    {
      timeoutMs,
      signal: options.signal ?? new AbortController().signal,
      onTimeout: () => ({
        code: 'guest_command_failed',
        message: `In the VM, ${command} did not end within ${timeoutMs / 1_000} s and was killed.`,
        hint: 'The VM may be overloaded; try again.',
      }),
    },
    async (signal) => {
      signal.throwIfAborted();
      const running = await link.start(signal);
      const onTooMuch = (stream: string): EngineError =>
        new EngineError({
          code: 'guest_command_failed',
          message: `In the VM, ${command} wrote more than ${maxOutputBytes} bytes to ${stream} and was killed.`,
        });
      running.stdin.end(options.input ?? '');
      try {
        const [stdout, stderr, code] = await orAborted(
          Promise.all([
            collect(running.stdout, maxOutputBytes, () => onTooMuch('stdout')),
            collect(running.stderr, maxOutputBytes, () => onTooMuch('stderr')),
            running.exited,
          ]),
          signal,
        );
        if (code === null) throw link.lost.error();
        return { code, stdout, stderr };
      } catch (thrown) {
        running.kill();
        throw thrown;
      }
    },
  );
}

/**
 * The exit status, 128 + n for signal n, null when the connection went away first. Resolves as soon as the guest
 * says so, which may be before all output has arrived.
 */
export function exitOf(channel: ClientChannel): Promise<number | null> {
  return new Promise((resolve) => {
    channel.once('exit', (code: number | null, signalName?: string) => {
      resolve(code ?? 128 + signalNumber(signalName));
    });
    channel.once('close', () => resolve(null));
  });
}

function signalNumber(name: string | undefined): number {
  const number = Object.entries(constants.signals).find(([known]) => known === name)?.[1];
  return number ?? constants.signals.SIGKILL;
}

/** sshd passes the signal on to the command's process group, which closing the channel alone would not do. */
function killCommand(channel: ClientChannel): void {
  sendSignal(channel, 'KILL');
  channel.removeAllListeners('data');
  channel.stderr.removeAllListeners('data');
  channel.resume();
  channel.stderr.resume();
  channel.close();
}

async function collect(
  stream: AsyncIterable<Buffer>,
  maxBytes: number,
  tooMuch: () => Error,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooMuch();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Only the program's name: arguments may hold secrets and scripts. */
function commandForMessage(argv: readonly string[]): string {
  return `"${argv[0]}"`;
}
