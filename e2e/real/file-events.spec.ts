import { appendFile, chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { writeWatcherTar } from '../../engine/testing/write-watcher-tar.ts';
import type { RealHome } from './real-home.ts';
import { test } from './shared-home.ts';

/*
 * Files of a shared folder change on the host, and programs which watch them in containers are told: inotifywait, native
 * and emulated, writes a line of each event.
 */
test.describe.configure({ mode: 'serial' });

let project: string;

test.beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'fd-e2e-events-'));
});

test.afterAll(async ({ home }) => {
  await home.docker(['rm', '-f', ...watchers.map(nameOf)]);
  // The engine hears that the containers are gone a moment after Docker has said so.
  await expect(async () => {
    expect((await home.foredeck(['share', 'remove', project])).code).toBe(0);
  }).toPass();
  await rm(project, { recursive: true, force: true });
});

const watchers = ['amd64', 'arm64'] as const;
const nameOf = (arch: string): string => `file-events-${arch}`;

/** Has every watcher told of `line` while `change` is made, however often it was told of it before. */
async function tells(home: RealHome, line: string, change: () => Promise<unknown>): Promise<void> {
  const count = async (arch: string): Promise<number> => {
    const log = await home.dockerOk(['logs', nameOf(arch)]);
    return log.split(/\r?\n/).filter((each) => each.trim() === line).length;
  };
  const before = await Promise.all(watchers.map(count));
  await change();
  for (const [index, arch] of watchers.entries()) {
    await expect
      .poll(() => count(arch), { message: `${arch}: ${line}`, intervals: [500] })
      .toBeGreaterThan(before[index] ?? 0);
  }
}

test('two containers watch a shared folder', async ({ home }) => {
  test.setTimeout(300_000);
  const deep = join(project, 'src', 'deep');
  await mkdir(deep, { recursive: true });
  for (const name of ['main', 'old', 'tool']) await writeFile(join(deep, name), name);
  await chmod(join(deep, 'tool'), 0o755);
  await home.foredeckJson('share', 'add', project);
  await home.foredeckJson('emulate', 'arm64', 'on');
  for (const arch of watchers) {
    const tar = await writeWatcherTar({ home: home.path, folder: home.path, arch });
    const image = `file-events:${arch}`;
    await home.dockerOk(['import', '--platform', `linux/${arch}`, tar, image]);
    const run = ['run', '-dt', '--name', nameOf(arch), '--platform', `linux/${arch}`];
    const watching = ['inotifywait', '-mq', '--format', '%e %w%f', '/src/src', '/src/src/deep'];
    await home.dockerOk([...run, '-v', `${project}:/src`, image, ...watching]);
  }
  // The engine hears of a container a moment after it has started.
  await expect(async () => {
    await appendFile(join(deep, 'main'), 'x');
    for (const arch of watchers) {
      expect(await home.dockerOk(['logs', nameOf(arch)])).toContain('MODIFY /src/src/deep/main');
    }
  }).toPass({ intervals: [2_000] });
});

test('they are told of changes, creations, deletions and renames on the host', async ({ home }) => {
  const deep = join(project, 'src', 'deep');
  const before = await stat(join(deep, 'tool'), { bigint: true });
  await tells(home, 'MODIFY /src/src/deep/main', () => appendFile(join(deep, 'main'), 'more'));
  await tells(home, 'MODIFY /src/src/deep/new', () => writeFile(join(deep, 'new'), ''));
  await tells(home, 'ATTRIB,ISDIR /src/src/deep', () => rm(join(deep, 'old')));
  await tells(home, 'MODIFY /src/src/deep/moved', () => rename(join(deep, 'new'), join(deep, 'moved')));
  await tells(home, 'ATTRIB,ISDIR /src/src/deep', () => chmod(join(deep, 'tool'), 0o700));
  // And one that saves as editors do, by another file in the place of the old one.
  await writeFile(join(deep, '.main~'), 'saved');
  await tells(home, 'MODIFY /src/src/deep/main', () => rename(join(deep, '.main~'), join(deep, 'main')));
  expect(await stat(join(deep, 'tool'), { bigint: true })).toMatchObject({ mtimeNs: before.mtimeNs });
});

test('a program that looks when it is told sees what is there', async ({ home }) => {
  const deep = join(project, 'src', 'deep');
  const look = (): Promise<string> =>
    home.dockerOk([
      'exec',
      nameOf('amd64'),
      'busybox',
      'sh',
      '-c',
      'busybox cat /src/src/deep/main; busybox ls /src/src/deep',
    ]);
  expect(await look()).toContain('moved');
  await tells(home, 'ATTRIB,ISDIR /src/src/deep', () => rm(join(deep, 'moved')));
  await tells(home, 'MODIFY /src/src/deep/main', () => writeFile(join(deep, 'main'), 'the newest'));
  const seen = await look();
  expect(seen).toContain('the newest');
  expect(seen).not.toContain('moved');
});
