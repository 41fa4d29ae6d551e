import { mkdir, readdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { pathsUnder } from '../paths.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { FolderProcess, type FolderProcessOptions } from './folder-process.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { inNamespaceOf } from './server-command.ts';
import { mountsOf, type ShareMount } from './share-mounts.ts';

/* The namespace and what is mounted in it, with a program in virtiofsd's place that only listens where it was told to. */

const listener = [
  process.execPath,
  '-e',
  "require('net').createServer().listen(process.argv[process.argv.indexOf('--socket-path') + 1])",
  '--',
];
const never = new AbortController().signal;

interface Bench {
  readonly server: FolderProcess;
  readonly options: FolderProcessOptions;
  readonly folder: string;
  /** What the server sees of a share: a shell script that runs in its namespace, in the share's folder. */
  inside(mount: ShareMount | undefined, script: string): Promise<{ failed: boolean; stdout: string }>;
  mounts(shares: Readonly<Record<string, 'w' | 'r'>>): Promise<ShareMount[]>;
}

async function withServer(uid: number, work: (bench: Bench) => Promise<void>): Promise<void> {
  await withTempFolder(async (made) => {
    const folder = await realpath(made);
    const home = join(folder, 'person', '.foredeck');
    const options = { paths: pathsUnder(home).vm('service'), home, user: { uid, gid: uid } };
    await mkdir(join(home, 'vms', 'service'), { recursive: true });
    const server = await FolderProcess.start({ ...options, virtiofsd: [...listener], signal: never });
    try {
      await work({
        server,
        options,
        folder,
        inside: async (mount, script) => {
          const at = join(options.paths.sharesRoot, mount?.name ?? '');
          const [program = '', ...args] = inNamespaceOf(server.pid, options.user);
          return await execa(program, [...args, 'sh', '-c', `cd "$1" && ${script}`, 'sh', at], {
            reject: false,
          });
        },
        mounts: async (shares) =>
          mountsOf(
            await Promise.all(
              Object.entries(shares).map(async ([path, kind]) => ({
                ...(await lookAtFolder(path)),
                path,
                readOnly: kind === 'r',
              })),
            ),
          ),
      });
    } finally {
      await server.end();
    }
    expect(await server.alive()).toBe(false);
  });
}

describe.skipIf(process.platform !== 'linux')('the server for shared folders in its namespace', () => {
  for (const [who, uid] of [
    ['the superuser', 0],
    ['a person, with a user namespace', 4_711],
  ] as const) {
    test(`${who}: shows what is shared, in either way, and nothing afterwards`, () =>
      withServer(uid, async ({ server, folder, inside, mounts }) => {
        const [writable, readOnly] = [join(folder, 'a b ü'), join(folder, 'ro')];
        for (const path of [writable, readOnly]) {
          await mkdir(path);
          await writeFile(join(path, 'file'), path);
        }
        const wanted = await mounts({ [writable]: 'w', [readOnly]: 'r' });
        expect(await server.show(wanted, never)).toEqual([writable, readOnly]);
        expect(await inside(wanted[0], 'cat file && echo >new')).toMatchObject({
          stdout: writable,
          failed: false,
        });
        expect(await inside(wanted[1], 'cat file && echo >new')).toMatchObject({
          stdout: readOnly,
          failed: true,
        });
        expect(await readdir(writable)).toEqual(['file', 'new']);
        expect((await inside(undefined, 'cat list')).stdout.split('\n')).toEqual(
          wanted.map(({ kind, name, path }) => `${kind} ${name} ${path}`),
        );
        expect(await server.show(wanted.slice(1), never)).toEqual([writable]);
        expect((await inside(undefined, 'ls')).stdout.split('\n').sort()).toEqual(
          [wanted[1]?.name, 'list'].sort(),
        );
        // Nothing of it is to be seen outside.
        expect(await readdir(join(folder, 'person/.foredeck/vms/service/shares'))).toEqual([]);
      }));
  }

  test('FOREDECK_HOME is an empty folder in a share around it', () =>
    withServer(0, async ({ server, folder, inside, mounts }) => {
      const person = join(folder, 'person');
      await writeFile(join(person, 'letter'), '');
      const wanted = await mounts({ [person]: 'w' });
      await server.show(wanted, never);
      expect(await inside(wanted[0], 'ls -A . .foredeck')).toMatchObject({
        stdout: '.:\n.foredeck\nletter\n\n.foredeck:',
      });
      expect(await inside(wanted[0], 'touch .foredeck/x')).toMatchObject({ failed: true });
    }));

  test('another folder at the same path takes its place, and the next engine knows what is shown', () =>
    withServer(0, async ({ server, options, folder, inside, mounts }) => {
      const path = join(folder, 'project');
      const link = join(folder, 'link');
      await mkdir(path);
      await symlink(path, link);
      await server.show(await mounts({ [link]: 'w' }), never);
      await execa('mv', [path, join(folder, 'old')]);
      await mkdir(path);
      await writeFile(join(path, 'new'), '');
      const found = await FolderProcess.find(options);
      const wanted = await mounts({ [link]: 'w' });
      expect(await found?.show(wanted, never)).toEqual([path]);
      expect(
        (
          await inside(
            wanted.find(({ kind }) => kind === 'w'),
            'ls',
          )
        ).stdout,
      ).toBe('new');
      const shown = wanted.find(({ kind }) => kind === 'l');
      expect((await inside(undefined, `readlink ${shown?.name}`)).stdout).toBe(path);
    }));

  test('a folder that is gone by now is a failure that names it, and can be tried again', () =>
    withServer(0, async ({ server, folder, mounts }) => {
      const path = join(folder, 'fleeting');
      await mkdir(path);
      const wanted = await mounts({ [path]: 'w' });
      await execa('rmdir', [path]);
      await expect(server.show(wanted, never)).rejects.toThrow(`Mounting failed: ${path} is not there.`);
      await mkdir(path);
      expect(await server.show(await mounts({ [path]: 'w' }), never)).toEqual([path]);
    }));

  test('a server that ends at once is told in its own words', () =>
    withTempFolder(async (home) => {
      const options = { paths: pathsUnder(home).vm('service'), home, user: { uid: 0, gid: 0 } };
      await mkdir(options.paths.root, { recursive: true });
      const virtiofsd = ['/bin/sh', '-c', 'echo no such thing >&2; exit 3'];
      await expect(FolderProcess.start({ ...options, virtiofsd, signal: never })).rejects.toThrow(
        'no such thing',
      );
      expect(await readdir(options.paths.root)).not.toContain('shares.json');
    }));
});
