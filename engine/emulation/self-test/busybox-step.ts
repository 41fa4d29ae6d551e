import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SelfTestStep } from '../../../contract/records.ts';
import { isAbort, toEngineError } from '../../base/engine-error.ts';
import type { GuestExecResult, GuestLink, PackageFiles } from '../../vm/ports.ts';
import type { ArchRow } from '../arch-table.ts';

/** Beside the emulators on the VM's data disk; names hold hashes, so that a file is brought once. */
const busyboxFolder = '/var/lib/foredeck/busybox';

const program = 'usr/bin/busybox';

/** $1: a busybox of some architecture. A pipe, a subshell in the background, and who waits for it; all by its own shell. */
const script = `"$1" uname -m || exit
"$1" sh -c 'echo one two three | "$0" wc -w; (echo background) & wait $!; echo "status $?"' "$1"`;

/** Status of a shell that finds no such file (POSIX). */
const notFound = 127;

const runTimeoutMs = 60_000;

/**
 * A real program with a C library: Debian's busybox of the architecture says what machine it sees, and forks, pipes
 * and waits. Where it cannot be had, offline or not in Debian, the step is not run and does not fail.
 */
export async function busyboxStep(options: {
  row: ArchRow;
  /** As `uname -m` says in the VM itself. */
  vmUname: string;
  link: GuestLink;
  packages: PackageFiles;
  signal: AbortSignal;
}): Promise<SelfTestStep> {
  const { row, link, signal } = options;
  const fetched = await fetchBusybox(options);
  if (typeof fetched === 'string') return notRun(fetched);
  const hash = createHash('sha256').update(fetched).digest('hex').slice(0, 12);
  const path = `${busyboxFolder}/${hash}/busybox-${row.uname}`;
  const run = (): Promise<GuestExecResult> =>
    link.exec(['sh', '-c', script, 'sh', path], { signal, timeoutMs: runTimeoutMs });
  let startedAt = performance.now();
  let result = await run();
  if (result.code === notFound) {
    await link.writeFile(path, fetched, { mode: 0o755, signal });
    startedAt = performance.now();
    result = await run();
  }
  return judgeBusybox(row, options.vmUname, result, performance.now() - startedAt);
}

export function judgeBusybox(
  row: ArchRow,
  vmUname: string,
  result: Pick<GuestExecResult, 'code' | 'stdout'>,
  ms: number,
): SelfTestStep {
  const lines = result.stdout.trim().split('\n');
  const [machine = '', ...rest] = lines;
  const failed = (detail: string, consequence: string): SelfTestStep => ({
    id: 'busybox',
    ok: false,
    ms,
    detail,
    consequence,
  });
  if (result.code !== 0 || rest.join(' ') !== '3 background status 0') {
    return failed(
      `busybox's shell ended with status ${result.code}`,
      `shells and scripts of ${row.arch} will not work`,
    );
  }
  if (machine === vmUname && machine !== row.uname) {
    return failed(
      `uname says ${printableMachine(machine)}: it ran natively, not as ${row.uname}`,
      `${row.arch} programs do not run under this emulator`,
    );
  }
  if (!fits(row, machine)) {
    return failed(
      `uname says ${printableMachine(machine)} instead of ${row.uname}`,
      'programs that ask for the machine will take the wrong one',
    );
  }
  const detail = `a shell, a pipe and a background job run; uname says ${machine}`;
  return { id: 'busybox', ok: true, ms, detail, consequence: null };
}

/** What the test says of a step that could not be tried; it fails nothing. */
export function notRun(why: string, id: 'busybox' | 'docker' = 'busybox'): SelfTestStep {
  return { id, ok: true, ms: 0, detail: `not run: ${why}`, consequence: null };
}

/** 32-bit Arm's emulator may say v8l, a newer processor in its 32-bit mode. */
function fits(row: ArchRow, machine: string): boolean {
  return machine === row.uname || (row.arch === 'arm/v7' && machine === 'armv8l');
}

function printableMachine(machine: string): string {
  return machine.replaceAll(/[^\w.-]/g, '').slice(0, 20) || 'nothing';
}

async function fetchBusybox({
  row,
  packages,
  signal,
}: {
  row: ArchRow;
  packages: PackageFiles;
  signal: AbortSignal;
}): Promise<Buffer | string> {
  try {
    const { folder } = await packages.fetch({
      packageName: 'busybox-static',
      arch: row.arch,
      key: 'busybox',
      anyAge: true,
      wanted: (path) => path === program,
      signal,
    });
    return await readFile(join(folder, program), { signal });
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown;
    return toEngineError(thrown).message;
  }
}
