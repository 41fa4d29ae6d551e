import { sleep } from '../engine/base/time.ts';
import { cpuSeconds } from './bench-home.ts';

/** Long enough for what happens every 15 s, and three of them so that noise shows. */
const windows = 3;
export const windowSeconds = 20;

/** Per cent of a core which a process uses in each of three windows of 20 s. */
export async function cpuPercents(pid: number, signal: AbortSignal): Promise<number[]> {
  return (await cpuPercentsOf([pid], signal))[0] ?? [];
}

/** The same for several processes in the same windows. */
export async function cpuPercentsOf(pids: readonly number[], signal: AbortSignal): Promise<number[][]> {
  const percents: number[][] = pids.map(() => []);
  for (let window = 0; window < windows; window += 1) {
    const before = await Promise.all(pids.map(cpuSeconds));
    await sleep(windowSeconds * 1_000, signal);
    const after = await Promise.all(pids.map(cpuSeconds));
    for (const [index, used] of after.entries()) {
      percents[index]?.push((used - (before[index] ?? Number.NaN)) / (windowSeconds / 100));
    }
  }
  return percents;
}
