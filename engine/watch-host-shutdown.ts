import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findExecutable, searchPath } from './base/find-executable.ts';
import type { Log } from './base/log.ts';
import type { Scope } from './base/scope.ts';

/**
 * logind's signal comes as `/org/freedesktop/login1: org.freedesktop.login1.Manager.PrepareForShutdown (true,)`; `false`
 * says that a shutdown was cancelled.
 */
const goingDown = /\.PrepareForShutdown \(true,?\)/;

/** Ends with its standard input, so that it does not outlive an engine which was killed. */
const listenUntilEnd = '"$@" & cat >/dev/null; kill $!';

const listen = [
  'monitor',
  '--system',
  '--dest',
  'org.freedesktop.login1',
  '--object-path',
  '/org/freedesktop/login1',
];

/**
 * Calls `onShutdown` when the host is about to go down, and holds that up until `scope` closes: a delay lock of logind
 * (systemd's "Inhibitor Locks"), which waits InhibitDelayMaxSec, by default 5 s, and then goes on. Without it QEMU is
 * ended at the same moment as the engine that would suspend its guest. Where there is no logind this does nothing, and
 * SIGTERM is all the notice the engine gets. Tried with stand-ins for the two programs only: no machine of the project's
 * tests has logind.
 */
export async function watchHostShutdown(options: {
  log: Log;
  scope: Scope;
  onShutdown: () => void;
  folders?: readonly string[];
}): Promise<void> {
  const { log, scope, onShutdown, folders = searchPath() } = options;
  const [inhibit, gdbus] = await Promise.all(
    ['systemd-inhibit', 'gdbus'].map((program) => findExecutable(program, folders)),
  );
  if (!inhibit || !gdbus) return;
  const lock = ['--what=shutdown', '--mode=delay', '--who=Foredeck', '--why=Suspends its virtual machine'];
  const child = spawn(inhibit, [...lock, '/bin/sh', '-c', listenUntilEnd, 'sh', gdbus, ...listen], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.on('error', (error) => log.debug({ err: error }, 'the host says nothing of its shutdown'));
  child.stdin.on('error', () => undefined);
  child.once('exit', (code) => log.debug({ code }, 'the host says nothing of its shutdown any more'));
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (goingDown.test(line)) onShutdown();
  });
  scope.defer(() => {
    child.stdin.end();
    child.unref();
  });
}
