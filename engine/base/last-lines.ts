import { open } from 'node:fs/promises';
import { errnoOf } from './engine-error.ts';

/** More than this of a file's end is never read, however many lines were asked for. */
const longestTailBytes = 262_144;

/** The last `count` lines of a file, oldest first, empty ones left out; none when there is no such file. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - longestTailBytes);
      const buffer = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
      const text = buffer.toString('utf8', 0, bytesRead);
      return text
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== '')
        .slice(-count);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}
