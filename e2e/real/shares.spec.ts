import { once } from 'node:events';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Vm } from '../../contract/records.ts';
import type { Share } from '../../contract/shares.ts';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import { isAlive, kill, type RealHome } from './real-home.ts';
import { test } from './shared-home.ts';

/* Folders of the host in a running VM, through containers that mount them, and through a VM's suspending and an engine's end. */
test.describe.configure({ mode: 'serial' });

const image = 'shares-busybox:1';
const keeper = 'shares-keeper';

let top: string;
let project: string;

test.beforeAll(async ({ home }) => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'fd shares é-')));
  project = join(top, 'mein Projekt ü');
  await mkdir(project);
  await writeFile(join(project, 'letter'), 'from the host\n');
  const tar = await writeBusyboxTar({ home: home.path, folder: home.path, arch: 'amd64' });
  await home.dockerOk(['import', '--platform', 'linux/amd64', tar, image]);
});

test.afterAll(async ({ home }) => {
  await home.docker(['rm', '-f', keeper]);
  for (const { path } of await home.foredeckJson<Share[]>('share', 'list')) {
    await home.foredeck(['share', 'remove', path]);
  }
  await home.docker(['image', 'rm', image]);
  await rm(top, { recursive: true, force: true });
});

const run = (home: RealHome, folder: string, script: string): Promise<string> =>
  home.dockerOk(['run', '--rm', '-v', `${folder}:/src`, image, 'sh', '-ec', script]);

test('a folder shared while the VM runs is there at once, at the same path, with the person’s files', async ({
  home,
}) => {
  test.setTimeout(300_000);
  const added = await home.foredeckJson<Share>('share', 'add', project);
  expect(added, await home.lastWords()).toMatchObject({ path: project, state: 'mounted', problem: null });
  await symlink('letter', join(project, 'link'));
  const socket = createServer().listen(join(project, 'socket'));
  await once(socket, 'listening');
  const script = `
    cat /src/link; test -S /src/socket
    echo 'from a container' >'/src/antwort ß'; mkdir -p /src/deep/er; echo x >/src/deep/er/x
    mv '/src/antwort ß' /src/deep/answer; rm /src/deep/er/x; rm -r /src/deep/er
    mkdir /src/many; cd /src/many; seq 1 2000 | busybox xargs touch; ls | wc -l`;
  expect((await run(home, project, script)).split(/\s+/)).toEqual(['from', 'the', 'host', '2000']);
  socket.close();
  const answer = join(project, 'deep', 'answer');
  expect(await readFile(answer, 'utf8')).toBe('from a container\n');
  expect((await stat(answer)).uid, 'whose the file is').toBe(process.getuid?.());
  expect(await readdir(join(project, 'deep'))).toEqual(['answer']);
  expect(await readdir(join(project, 'many'))).toHaveLength(2_000);
  await rename(answer, join(project, 'renamed'));
  await rm(join(project, 'many'), { recursive: true });
  expect(await run(home, project, 'ls /src')).toBe('deep\nletter\nlink\nrenamed');
});

test('a read-only one cannot be changed, and what must not be shared is refused', async ({ home }) => {
  const only = join(top, 'only');
  await mkdir(only);
  await writeFile(join(only, 'file'), 'kept');
  await home.foredeckJson('share', 'add', only, '--read-only');
  expect(await run(home, only, 'cat /src/file; touch /src/new 2>/dev/null || echo refused')).toBe(
    'keptrefused',
  );
  // Nor by the VM's own root, which could mount it writable there.
  const asRoot = 'mount -o remount,bind,rw none "$1"; touch "$1/new"';
  expect((await home.foredeck(['shell', '--', 'sh', '-c', asRoot, 'sh', only])).code).not.toBe(0);
  await home.foredeckJson('share', 'remove', only);
  expect((await home.foredeck(['shell', '--', 'test', '-e', only])).code, 'gone from the VM').toBe(1);
  expect(await readdir(only)).toEqual(['file']);
  for (const path of ['/', '/etc', home.path, join(home.path, 'vms')]) {
    const refused = await home.foredeck(['share', 'add', path]);
    expect(refused, path).toMatchObject({ code: 1, stderr: expect.stringContaining(`Cannot share ${path}`) });
  }
});

test('an open file is readable after the VM was suspended, and the server of an engine that was killed is found', async ({
  home,
}) => {
  test.setTimeout(300_000);
  const reading =
    'exec 3</src/letter; read -r first <&3; while :; do [ -e /src/go ] && break; sleep 1; done; cat <&3 >/src/rest';
  await writeFile(join(project, 'letter'), 'one\ntwo\n');
  await home.dockerOk(['run', '-d', '--name', keeper, '-v', `${project}:/src`, image, 'sh', '-c', reading]);
  expect(await home.foredeckJson<Vm>('stop', '--suspend'), await home.lastWords()).toMatchObject({
    state: 'suspended',
  });
  expect(await home.foredeckJson<Vm>('start'), await home.lastWords()).toMatchObject({ state: 'running' });
  const note: { pid: number } = JSON.parse(
    await readFile(join(home.path, 'vms/service/shares.json'), 'utf8'),
  );
  const { host } = await home.foredeckJson<{ host: { enginePid: number } }>('status');
  kill(host.enginePid);
  expect(await home.foredeckJson<Vm>('start'), await home.lastWords()).toMatchObject({ state: 'running' });
  await writeFile(join(project, 'go'), '');
  expect(await home.dockerOk(['wait', keeper])).toBe('0');
  expect(await readFile(join(project, 'rest'), 'utf8')).toBe('two\n');
  expect(isAlive(note.pid), 'the server outlived its engine').toBe(true);
  await expect(async () => {
    expect(await home.foredeckJson<Share[]>('share', 'list')).toMatchObject([
      { path: project, state: 'mounted' },
    ]);
  }).toPass();
  const late = join(top, 'late');
  await mkdir(late);
  await home.foredeckJson('share', 'add', late);
  expect(await run(home, late, 'echo late >/src/file')).toBe('');
  expect(await readFile(join(late, 'file'), 'utf8')).toBe('late\n');
});
