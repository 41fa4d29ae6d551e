import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** How often the log is read: far shorter than any step it tells of. */
const intervalMs = 2;

/**
 * Resolves as soon as a line written to `path` from now on says `words`: a barrier which the program itself reports.
 * Call `seen` after whatever makes the program write has been started.
 */
export async function logBarrier(path: string): Promise<{ seen(words: string): Promise<void> }> {
  const file = await open(path, 'r');
  let { size: offset } = await file.stat();
  let text = '';
  return {
    seen: async (words) => {
      try {
        while (!text.includes(words)) {
          const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536), 0, 65_536, offset);
          offset += bytesRead;
          text += buffer.toString('utf8', 0, bytesRead);
          if (bytesRead === 0) await delay(intervalMs);
        }
      } finally {
        await file.close();
      }
    },
  };
}
