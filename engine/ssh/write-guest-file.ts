import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from '../vm/ports.ts';

/** Emulators and images of tens of megabytes go through here, on guests that emulate their CPU. */
const finishTimeoutMs = 120_000;

/** Cleaning up after a failure must not delay the report of the failure itself. */
const cleanupTimeoutMs = 5_000;

/**
 * Writes a whole file as root: into a temporary file beside it, which takes the name only after its size has been
 * compared and its content is on the disk. A connection lost half way therefore never leaves half a file: the guest
 * cannot tell a lost connection from the end of the input, but the second command is then never sent.
 */
export async function writeGuestFile(
  link: GuestLink,
  path: string,
  content: Uint8Array | Readable,
  options: { mode: number; onProgress?: (doneBytes: number) => void; signal?: AbortSignal },
): Promise<void> {
  const folder = posix.dirname(path);
  const temporary = posix.join(folder, `.${posix.basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    const bytes = await upload(link, temporary, content, options);
    await run(link, path, options.signal, [
      'sh',
      '-c',
      'test "$(stat -c %s -- "$1")" = "$4" && chmod -- "$2" "$1" && sync -- "$1" && mv -fT -- "$1" "$3" && sync -- "$5"',
      'sh',
      temporary,
      options.mode.toString(8),
      path,
      String(bytes),
      folder,
    ]);
  } catch (thrown) {
    await link.exec(['rm', '-f', '--', temporary], { timeoutMs: cleanupTimeoutMs }).catch(() => undefined);
    throw thrown;
  }
}

async function upload(
  link: GuestLink,
  temporary: string,
  content: Uint8Array | Readable,
  options: { onProgress?: (doneBytes: number) => void; signal?: AbortSignal },
): Promise<number> {
  const { signal, onProgress } = options;
  const script = 'umask 077 && mkdir -p -- "$2" && exec cat > "$1"';
  const argv = ['sh', '-c', script, 'sh', temporary, posix.dirname(temporary)];
  const writing = await link.spawn(argv, signal ? { signal } : {});
  const complaints = text(writing.stderr);
  writing.stdout.resume();
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      onProgress?.(bytes);
      done(null, chunk);
    },
  });
  const source = content instanceof Readable ? content : Readable.from(slices(content));
  const sent = pipeline(source, counter, writing.stdin, signal ? { signal } : {});
  const [sending, exit, said] = await Promise.allSettled([sent, writing.exited, complaints]);
  signal?.throwIfAborted();
  if (link.signal.aborted) throw link.signal.reason;
  const code = exit.status === 'fulfilled' ? exit.value : null;
  if (code !== 0) throw writeFailed(temporary, said.status === 'fulfilled' ? said.value : '');
  if (sending.status === 'rejected') throw sending.reason;
  return bytes;
}

async function run(
  link: GuestLink,
  path: string,
  signal: AbortSignal | undefined,
  argv: readonly string[],
): Promise<void> {
  const result = await link.exec(argv, { timeoutMs: finishTimeoutMs, ...(signal ? { signal } : {}) });
  if (result.code !== 0) throw writeFailed(path, result.stderr || 'its size is not what was sent');
}

function writeFailed(path: string, why: string): EngineError {
  const diskFull = why.includes('No space left on device');
  return new EngineError({
    code: diskFull ? 'disk_full' : 'guest_command_failed',
    message: `Cannot write ${path} in the VM: ${why.trim().split('\n').at(-1) ?? 'the command failed'}.`,
    hint: diskFull ? "Free space on the VM's data disk or enlarge it." : '',
    details: { stderr: why.slice(0, 2_000) },
  });
}

/** Small enough that progress moves and a slow guest holds the source back. */
const sliceBytes = 64 * 1024;

function* slices(content: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < content.length; start += sliceBytes) {
    yield content.subarray(start, start + sliceBytes);
  }
}

async function text(stream: Readable): Promise<string> {
  let all = '';
  // The last words of a failing command are enough; the rest is read and dropped.
  for await (const chunk of stream) all = (all + String(chunk)).slice(-4_096);
  return all;
}
