import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEntry } from '../../../contract/container-files.ts';
import { LocalGuest } from '../../testing/local-guest.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { readFolder } from './list-files.ts';

const id = 'c'.repeat(64);

/** The guest's script on this machine, with a folder that looks like /proc/PID. Changing the root takes root. */
describe.skipIf(process.platform !== 'linux')('readFolder', () => {
  let folder: string;
  let guest: LocalGuest;
  let asRoot: Pick<GuestLink, 'exec'>;
  const list = (path: string) => readFolder(asRoot, { folder, id, path, name: 'web' });
  const names = (entries: readonly FileEntry[]): string[] => entries.map(({ name }) => name);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fd-'));
    await mkdir(join(folder, 'root'));
    await writeFile(join(folder, 'cgroup'), `0::/docker/${id}\n`);
    guest = await LocalGuest.start({ privateBinfmt: false });
    const prefix = process.getuid?.() === 0 ? [] : ['unshare', '--user', '--map-root-user'];
    asRoot = { exec: (argv, options) => guest.exec([...prefix, ...argv], options) };
  });

  afterEach(async () => {
    expect(guest.alive).toBe(0);
    await guest.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('tells of each entry what it is, folders first', async () => {
    const root = join(folder, 'root');
    await mkdir(join(root, 'var/log'), { recursive: true });
    await writeFile(join(root, 'file'), 'hello', { mode: 0o640 });
    await utimes(join(root, 'file'), 1_000, 2_000);
    await symlink('var', join(root, 'zlink'));
    await symlink('nowhere', join(root, 'broken'));
    const { path, entries, omitted } = await list('/');
    expect({ path, omitted }).toEqual({ path: '/', omitted: 0 });
    expect(entries).toMatchObject([
      { name: 'var', kind: 'folder', target: null, leadsTo: null },
      { name: 'zlink', kind: 'link', target: 'var', leadsTo: 'folder' },
      { name: 'broken', kind: 'link', target: 'nowhere', leadsTo: null },
      { name: 'file', kind: 'file', sizeBytes: 5, mode: 0o640, modifiedAt: 2_000_000, leadsTo: null },
    ]);
    expect(await list('/zlink')).toMatchObject({ path: '/var', entries: [{ name: 'log' }] });
  });

  it('stays inside, whatever links say', async () => {
    const root = join(folder, 'root');
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, 'etc/own'), '');
    await writeFile(join(folder, 'outside'), '');
    await symlink('/etc', join(root, 'absolute'));
    await symlink('../../../../../..', join(root, 'up'));
    await symlink(folder, join(root, 'out'));
    expect(names((await list('/absolute')).entries)).toEqual(['own']);
    expect(names((await list('/up')).entries)).not.toContain('outside');
    expect(names((await list('/../../etc/../..')).entries)).toContain('etc');
    await expect(list('/out')).rejects.toMatchObject({ code: 'unknown_file' });
  });

  it('takes names as they are: blanks, line ends, quotes, and what is not UTF-8', async () => {
    const hostile = ['-rf', 'a\nb', "'; touch pwned; '", '\u202egpj.exe', ' ', '$(id)'];
    for (const name of hostile) await writeFile(join(folder, 'root', name), '');
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'root/bad-')), Buffer.from([0xff])]), '');
    const { entries } = await list('/');
    expect(names(entries).sort()).toEqual([...hostile, 'bad-\ufffd'].sort());
    await mkdir(join(folder, "root/it's a\nfolder"));
    await writeFile(join(folder, "root/it's a\nfolder/x"), '');
    expect(names((await list("/it's a\nfolder")).entries)).toEqual(['x']);
  });

  it('lists so many, and counts the rest', async () => {
    await Promise.all(
      Array.from({ length: 5_003 }, (_, index) => writeFile(join(folder, 'root', `file-${index}`), '')),
    );
    const { entries, omitted } = await list('/');
    expect([entries.length, omitted]).toEqual([5_000, 3]);
  });

  it('says what is no folder, and tells nothing of a process that is another container’s by now', async () => {
    await writeFile(join(folder, 'root/file'), '');
    await expect(list('/file')).rejects.toMatchObject({
      code: 'unknown_file',
      message: '"/file" in container "web" cannot be listed: not a directory.',
    });
    await expect(list('/none')).rejects.toThrow('no such file or directory');
    await writeFile(join(folder, 'cgroup'), `0::/docker/${'d'.repeat(64)}\n`);
    await expect(list('/')).rejects.toMatchObject({ code: 'wrong_state' });
  });
});
