import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from './base/log.ts';
import { Scope } from './base/scope.ts';
import { withTempFolder } from './testing/temp-folder.ts';
import { watchHostShutdown } from './watch-host-shutdown.ts';

/** Stand-ins for logind's programs: the one runs what it is given, the other says `words` and waits. */
async function standIns(folder: string, words: string): Promise<string[]> {
  const programs = {
    'systemd-inhibit':
      'echo "$@" >"$0.args"; while case $1 in --*) true ;; *) false ;; esac; do shift; done; "$@"; echo ended >"$0.end"',
    gdbus: `echo '${words}'; exec sleep 600`,
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return [folder];
}

test('tells of the shutdown, holds it up, and lets it go on at the end', async () => {
  await withTempFolder(async (folder) => {
    const words = '/org/freedesktop/login1: org.freedesktop.login1.Manager.PrepareForShutdown (true,)';
    const folders = await standIns(folder, words);
    const scope = new Scope('test');
    const { promise, resolve } = Promise.withResolvers<void>();
    await watchHostShutdown({ log: silentLog, scope, onShutdown: resolve, folders });
    await promise;
    expect(await readFile(join(folder, 'systemd-inhibit.args'), 'utf8')).toContain(
      '--what=shutdown --mode=delay',
    );
    await scope.close();
    await expect
      .poll(() => readFile(join(folder, 'systemd-inhibit.end'), 'utf8').catch(() => ''))
      .toBe('ended\n');
  });
});

test('does nothing where there is no logind', async () => {
  await withTempFolder(async (folder) => {
    const scope = new Scope('test');
    const onShutdown = () => expect.unreachable();
    await watchHostShutdown({ log: silentLog, scope, onShutdown, folders: [folder] });
    await scope.close();
  });
});
