import { execPath, TerminalServerMessage } from '../contract/terminal.ts';
import { EngineError } from '../engine/base/engine-error.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';

/** More of a command's output than this is of no use to anybody who does not ask for it. */
const usualOutputBytes = 64 * 1024;

export interface GuestOutcome {
  readonly code: number;
  /** Standard output and error as they came. */
  readonly output: string;
}

/** Runs an argument vector in the VM and collects the beginning of what it says. Aborting `signal` ends it. */
export async function guestCommand(
  client: EngineClient,
  options: { vm: string; argv: readonly string[]; signal: AbortSignal; maxOutputBytes?: number },
): Promise<GuestOutcome> {
  const { signal, maxOutputBytes = usualOutputBytes } = options;
  signal.throwIfAborted();
  const { id } = await client.calls.guest.exec({ vm: options.vm, argv: [...options.argv] });
  const stream = await client.openStream(execPath(id));
  const onAbort = (): void => stream.close();
  signal.addEventListener('abort', onAbort, { once: true });
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    const code = await new Promise<number>((resolve, reject) => {
      stream.onMessage((message) => {
        if (typeof message !== 'string') {
          // The first byte says which of the two outputs it is.
          if (sizeBytes < maxOutputBytes) chunks.push(message.subarray(1));
          sizeBytes += message.length - 1;
          return;
        }
        const told = TerminalServerMessage.safeParse(JSON.parse(message)).data;
        if (told?.type === 'exit' && told.code !== null) resolve(told.code);
        else if (told?.type === 'exit') reject(lost(told.reason));
      });
      stream.onClose((_code, reason) => {
        void stream.delivered().then(() => reject(signal.aborted ? signal.reason : lost(reason)));
      });
    });
    return { code, output: Buffer.concat(chunks).toString('utf8') };
  } finally {
    signal.removeEventListener('abort', onAbort);
    stream.close();
  }
}

function lost(reason: string): EngineError {
  return new EngineError({
    code: 'ssh_failed',
    message: reason || 'The connection to the VM went away.',
    hint: 'Start again: what is finished is kept.',
  });
}
