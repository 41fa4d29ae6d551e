import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { takeLock } from './lock.ts';

/** A process that tries the lock once, says `true` or `false`, and keeps what it has until its input ends. */
function contender(path: string): { child: ChildProcess; got: Promise<boolean> } {
  const source = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    const lock = takeLock(${JSON.stringify(path)});
    console.log(lock !== null);
    process.stdin.resume();
    process.stdin.on('end', () => lock?.release());
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const got = once(child.stdout, 'data').then(([data]) => String(data).trim() === 'true');
  return { child, got };
}

async function endOf({ child }: { child: ChildProcess }): Promise<void> {
  const exited = once(child, 'exit');
  child.stdin?.end();
  await exited;
}

test('of many processes at once exactly one gets the lock', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'engine.lock');
    const contenders = Array.from({ length: 6 }, () => contender(path));
    const outcomes = await Promise.all(contenders.map(({ got }) => got));
    expect(outcomes.filter((got) => got)).toHaveLength(1);
    expect(takeLock(path)).toBeNull();
    await Promise.all(contenders.map(endOf));
    const lock = takeLock(path);
    expect(lock).not.toBeNull();
    lock?.release();
  }));

test('a lock does not outlive a process that was killed, and leaves nothing to clean up', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'engine.lock');
    const holder = contender(path);
    expect(await holder.got).toBe(true);
    expect(takeLock(path)).toBeNull();
    const exited = once(holder.child, 'exit');
    holder.child.kill('SIGKILL');
    await exited;
    const next = contender(path);
    expect(await next.got).toBe(true);
    expect((await stat(path)).size).toBe(0);
    await endOf(next);
  }));

test('a lock in a folder that is not there says so', () => {
  expect(() => takeLock('/nonexistent-foredeck/engine.lock')).toThrow('unable to open');
});
