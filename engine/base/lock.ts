import { DatabaseSync } from 'node:sqlite';

/** SQLite's result codes, https://www.sqlite.org/rescode.html */
const sqliteBusy = 5;

/** A lock held by the kernel for this process: gone with `release` or with the process, however it dies. */
export interface Lock {
  release(): void;
}

/**
 * Takes the lock at `path`, or gives null when another process has it. Never waits; of any number of processes that
 * try at the same time exactly one gets it.
 *
 * Node has no file locks, SQLite does, on every system and in Node itself. An immediate transaction takes SQLite's
 * RESERVED lock (https://www.sqlite.org/lockingv3.html), an fcntl lock which one process can have and which needs no
 * clean-up after a SIGKILL. Nothing is ever written: with its journal in memory the file stays empty.
 *
 * Throws what the system says when the file cannot be made (folder missing, read-only).
 */
export function takeLock(path: string): Lock | null {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE');
    return { release: () => database.close() };
  } catch (thrown) {
    database.close();
    if (isBusy(thrown)) return null;
    throw thrown;
  }
}

function isBusy(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === sqliteBusy;
}
