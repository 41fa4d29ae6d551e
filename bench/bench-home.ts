import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scope } from '../engine/base/scope.ts';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';

/** A home of its own and its engine, both gone when `scope` closes. */
export async function benchHome(scope: Scope): Promise<{ path: string; client: EngineClient }> {
  const path = await mkdtemp(join(tmpdir(), 'fd-bench-'));
  scope.defer(() => rm(path, { recursive: true, force: true }));
  await writeFile(
    join(path, 'settings.json'),
    // Shut down, because nobody resumes what is removed afterwards.
    JSON.stringify({ autoStart: false, cpus: 2, memoryMiB: 2048, stopBy: 'shut-down' }),
  );
  const client = await connectEngine({ home: path, startIfNone: true });
  scope.defer(async () => {
    await client.calls.engine.quit();
    await client.closed;
  });
  return { path, client };
}

/** CPU seconds, user and system, which a process has used so far (proc(5), `stat`). */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const clockTicksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond;
}

/** Resident memory of a process in megabytes (10^6 bytes). */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024) / 1e6;
}

/** Removes what `name` matches in `folder`; a folder that is not there is fine. */
export async function removeMatching(folder: string, name: RegExp): Promise<void> {
  for (const entry of await readdir(folder).catch(() => [])) {
    if (name.test(entry)) await rm(join(folder, entry), { recursive: true, force: true });
  }
}
