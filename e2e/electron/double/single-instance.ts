import { readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a second instance tells the first. */
export interface SecondInstance {
  readonly argv: string[];
  readonly workingDirectory: string;
}

/**
 * One process per folder, settled synchronously as Electron's `requestSingleInstanceLock` is. The first holds a file
 * with its pid; a second one leaves a note, which the first sees come, and is told no.
 */
export function takeSingleInstanceLock(folder: string, onSecond: (second: SecondInstance) => void): boolean {
  const lock = join(folder, 'single-instance.pid');
  const first = runningPid(lock);
  if (first !== undefined) {
    const note: SecondInstance = { argv: process.argv, workingDirectory: process.cwd() };
    const draft = join(folder, `draft-${process.pid}`);
    writeFileSync(draft, JSON.stringify(note));
    // In one step, so that the first never reads half a note.
    renameSync(draft, join(folder, `second-instance-${process.pid}.json`));
    return false;
  }
  writeFileSync(lock, String(process.pid));
  process.on('exit', () => rmSync(lock, { force: true }));
  const watcher = watch(folder, (_event, name) => {
    if (!name?.startsWith('second-instance-')) return;
    const path = join(folder, name);
    const note = readIfThere(path);
    if (note === undefined) return;
    rmSync(path);
    onSecond(JSON.parse(note));
  });
  watcher.unref();
  return true;
}

function runningPid(lock: string): number | undefined {
  const pid = Number(readIfThere(lock));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
