import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import xzDecompress from 'xz-decompress';
import { EngineError } from '../base/engine-error.ts';
import { findExecutable, searchPath } from '../base/find-executable.ts';

/**
 * Decompresses xz: by the system's `xz`, which is several times faster and runs beside this process, otherwise by a
 * WebAssembly one. Yields chunks of bytes; throws `package_corrupt` naming `source`.
 */
export async function* decompressXz(
  input: Readable,
  options: { source: string; signal: AbortSignal },
): AsyncGenerator<Buffer, void, undefined> {
  const program = await findExecutable('xz', searchPath());
  if (program === null) yield* decompressHere(input, options.source);
  else yield* decompressByProgram(program, input, options);
}

async function* decompressByProgram(
  program: string,
  input: Readable,
  options: { source: string; signal: AbortSignal },
): AsyncGenerator<Buffer, void, undefined> {
  // Debian's large packages are made of blocks, which xz from 5.4 on unpacks on all cores; older ones use one.
  const child = spawn(program, ['--decompress', '--stdout', '--threads=0'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, 500);
  });
  // A decompressor which gives up closes its input; what it says and its exit status tell more than EPIPE.
  const feeding = pipeline(input, child.stdin, { signal: options.signal }).catch((thrown: unknown) => thrown);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    await closed;
    await feeding;
    options.signal.throwIfAborted();
    if (child.exitCode !== 0) throw corrupt(options.source, complaint.trim());
  } finally {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    input.destroy();
    await closed;
  }
}

async function* decompressHere(input: Readable, source: string): AsyncGenerator<Buffer, void, undefined> {
  // Node's web streams and the DOM's, which the package's types name, are one class at run time.
  const compressed = Readable.toWeb(input) as unknown as ConstructorParameters<
    typeof xzDecompress.XzReadableStream
  >[0];
  const stream: unknown = new xzDecompress.XzReadableStream(compressed);
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) yield Buffer.from(chunk);
  } catch (thrown) {
    throw corrupt(source, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function corrupt(source: string, why: string): EngineError {
  return new EngineError({
    code: 'package_corrupt',
    message: `Cannot decompress ${source}: ${why || 'it ends too early'}.`,
    hint: 'Delete the folder "cache" in FOREDECK_HOME and try again.',
  });
}
