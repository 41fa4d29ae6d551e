import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { ActivityEntry } from '../../contract/activity.ts';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import type { RealHome } from './real-home.ts';
import { test } from './shared-home.ts';

/* What the guest's share-guard does to a real dockerd: folders that are not shared are refused, everything else works. */
test.describe.configure({ mode: 'serial' });

const image = 'guard-busybox:1';

test.beforeAll(async ({ home }) => {
  const tar = await writeBusyboxTar({ home: home.path, folder: home.path, arch: 'amd64' });
  await home.dockerOk(['import', '--platform', 'linux/amd64', tar, image]);
});

test.afterAll(async ({ home }) => {
  await home.docker(['rm', '-f', 'guard-start']);
  await home.docker(['volume', 'rm', 'guard-volume']);
  await home.docker(['image', 'rm', image]);
});

/** The next refusal that the engine tells of, from what is remembered on. */
async function refusalOf(home: RealHome, path: string): Promise<ActivityEntry> {
  const client = await home.connect();
  const watching = new AbortController();
  try {
    for await (const batch of await client.calls.activity.watch(undefined, { signal: watching.signal })) {
      const found = batch.find((entry) => entry.kind === 'refused-mount' && entry.paths.includes(path));
      if (found) return found;
    }
    throw new Error('the engine ended');
  } finally {
    watching.abort();
    await client.close();
  }
}

test('a run with a folder that is not shared names the command, and leaves nothing behind', async ({
  home,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'fd guard é-'));
  try {
    const run = await home.docker(['run', '--name', 'guard-refused', '-v', `${folder}:/x`, image, 'ls']);
    expect(run).toMatchObject({ code: 125, stdout: '' });
    expect(run.stderr).toContain(`\`foredeck share add '${folder}'\``);
    expect(await home.dockerOk(['ps', '-aq', '--filter', 'name=guard-refused'])).toBe('');
    expect((await home.foredeck(['shell', '--', 'test', '-e', folder])).code).toBe(1);
    expect(await refusalOf(home, folder)).toMatchObject({ name: 'guard-refused', image });
  } finally {
    await rmdir(folder);
  }
});

test('what is the guest’s own can be mounted, and so can a volume', async ({ home }) => {
  const mounts = ['/var/run/docker.sock:/s', '/etc/localtime:/l:ro', '/proc:/p', 'guard-volume:/v'];
  const volumes = mounts.flatMap((mount) => ['-v', mount]);
  const script = 'test -S /s && test -f /l && test -e /p/1 && echo kept >/v/file && cat /v/file';
  expect(await home.dockerOk(['run', '--rm', ...volumes, image, 'sh', '-c', script])).toBe('kept');
});

test('a container whose folder has gone is refused when it is started, also right after the guard was killed', async ({
  home,
}) => {
  const inGuest = async (...argv: string[]): Promise<void> => {
    expect((await home.foredeck(['shell', '--', ...argv])).code, argv.join(' ')).toBe(0);
  };
  await inGuest('mkdir', '/usr/guard');
  await home.dockerOk(['create', '--name', 'guard-start', '-v', '/usr/guard:/x', image, 'true']);
  await inGuest('rmdir', '/usr/guard');
  await inGuest('sv', 'kill', '/etc/service/share-guard');
  const start = await home.docker(['start', 'guard-start']);
  expect(start.code).toBe(1);
  expect(start.stderr).toContain("/usr/guard is not shared with Foredeck's VM, which has its own /usr");
  expect((await home.foredeck(['shell', '--', 'test', '-e', '/usr/guard'])).code).toBe(1);
});
