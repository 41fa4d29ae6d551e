import { type FileHandle, open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { errnoOf } from './engine-error.ts';
import { sleep } from './time.ts';

/** A line longer than this is cut into pieces: the writer may be hostile or sending binary. */
const longestLineChars = 4_096;

const readSizeBytes = 65_536;

/**
 * Yields the lines of a growing file from its beginning, without their line ends, and polls for more until `signal`
 * aborts. Waits for a file that does not exist yet. The file may not be cut or replaced meanwhile.
 */
export async function* tailLines(
  path: string,
  options: { signal: AbortSignal; intervalMs: number },
): AsyncGenerator<string, void, undefined> {
  const { signal, intervalMs } = options;
  const file = await openWhenThere(path, signal, intervalMs);
  if (!file) return;
  try {
    const decoder = new StringDecoder('utf8');
    const buffer = Buffer.alloc(readSizeBytes);
    let pending = '';
    while (!signal.aborted) {
      const { bytesRead } = await file.read(buffer, 0, readSizeBytes);
      if (bytesRead === 0) {
        if (!(await slept(intervalMs, signal))) return;
        continue;
      }
      pending += decoder.write(buffer.subarray(0, bytesRead));
      const lines = pending.split(/\r*\n/);
      pending = lines.pop() ?? '';
      if (pending.length > longestLineChars) {
        lines.push(pending);
        pending = '';
      }
      for (const line of lines) {
        for (const piece of pieces(line)) {
          if (signal.aborted) return;
          yield piece;
        }
      }
    }
  } finally {
    await file.close();
  }
}

function* pieces(line: string): Generator<string> {
  yield line.slice(0, longestLineChars);
  for (let start = longestLineChars; start < line.length; start += longestLineChars) {
    yield line.slice(start, start + longestLineChars);
  }
}

async function openWhenThere(
  path: string,
  signal: AbortSignal,
  intervalMs: number,
): Promise<FileHandle | undefined> {
  while (!signal.aborted) {
    try {
      return await open(path, 'r');
    } catch (thrown) {
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    }
    await slept(intervalMs, signal);
  }
  return undefined;
}

/** False when `signal` cut the sleep short: a tail that is no longer wanted ends, it does not fail. */
async function slept(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}
