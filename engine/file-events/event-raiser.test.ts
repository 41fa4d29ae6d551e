import { watch } from 'node:fs';
import { chmod, mkdir, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalGuest } from '../testing/local-guest.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { EventRaiser, type RaisedEvents } from './event-raiser.ts';

const never = new AbortController().signal;
const none: RaisedEvents = { modified: 0, attributes: 0, folders: 0, gone: 0, refused: 0 };

/** This machine's own kernel in the part of the guest's; the share is an ordinary folder. */
describe.skipIf(process.platform !== 'linux')('EventRaiser', () => {
  let guest: LocalGuest;
  let raiser: EventRaiser;

  beforeEach(async () => {
    guest = await LocalGuest.start({ privateBinfmt: false });
    raiser = await EventRaiser.start(guest, (share) => share);
  });

  afterEach(async () => {
    raiser.close();
    await guest.close();
    expect(guest.alive).toBe(0);
  });

  async function inShare(
    work: (
      share: string,
      raise: (files: string[], folders?: string[]) => Promise<RaisedEvents>,
    ) => Promise<void>,
  ): Promise<void> {
    await withTempFolder((share) =>
      work(share, (files, folders = []) => raiser.raise([{ share, files, folders }], never)),
    );
  }

  /** Names which a watcher of `folder` is told while `work` runs. */
  async function toldIn(folder: string, work: () => Promise<unknown>): Promise<string[]> {
    const told = new Set<string>();
    const { promise, resolve } = Promise.withResolvers<void>();
    const watcher = watch(folder, (_, name) => (name === 'last' ? resolve() : told.add(name ?? '')));
    await work();
    await writeFile(join(folder, 'last'), '');
    await promise;
    watcher.close();
    return [...told];
  }

  it('tells watchers of a file without touching it', async () => {
    await inShare(async (share, raise) => {
      await mkdir(join(share, 'a b', 'ü'), { recursive: true });
      const file = join(share, 'a b', 'ü', 'new\nline');
      await writeFile(file, 'content');
      const { size, mode, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      const told = await toldIn(join(share, 'a b', 'ü'), async () => {
        expect(await raise(['a b/ü/new\nline'])).toEqual({ ...none, modified: 1 });
      });
      expect(told).toEqual(['new\nline']);
      expect(await readFile(file, 'utf8')).toBe('content');
      expect(await stat(file, { bigint: true })).toMatchObject({ size, mode, mtimeNs, ctimeNs });
    });
  });

  it('never opens a program for writing, and tells of its attributes instead', async () => {
    await inShare(async (share, raise) => {
      const program = join(share, 'program');
      await writeFile(program, '#!/bin/sh\n');
      await chmod(program, 0o4755);
      const before = await stat(program, { bigint: true });
      const told = await toldIn(share, async () => {
        expect(await raise(['program'])).toEqual({ ...none, attributes: 1 });
      });
      expect(told).toEqual(['program']);
      expect(await stat(program, { bigint: true })).toMatchObject({
        mode: before.mode,
        ctimeNs: before.ctimeNs,
      });
    });
  });

  it('tells watchers of a folder, whose owner and mode stay', async () => {
    await inShare(async (share, raise) => {
      const folder = join(share, 'folder');
      await mkdir(folder);
      await chmod(folder, 0o2775);
      const { mode, uid, gid, mtimeNs } = await stat(folder, { bigint: true });
      const told = await toldIn(share, async () => {
        expect(await raise([], ['folder', ''])).toEqual({ ...none, folders: 2 });
      });
      expect(told).toContain('folder');
      expect(await stat(folder, { bigint: true })).toMatchObject({ mode, uid, gid, mtimeNs });
    });
  });

  it('neither follows links nor makes what is not there', async () => {
    await inShare(async (share, raise) => {
      await symlink('/etc', join(share, 'out'));
      await symlink('/etc/passwd', join(share, 'link'));
      expect(
        await raise(['out/passwd', 'link', '../etc/passwd', 'none', 'none/at/all'], ['out', 'none']),
      ).toEqual({
        ...none,
        refused: 4,
        gone: 3,
      });
      await expect(stat(join(share, 'none'))).rejects.toThrow('ENOENT');
    });
  });

  it('goes on after a share that is gone, and holds none open', async () => {
    await inShare(async (share, raise) => {
      await writeFile(join(share, 'file'), '');
      const batch = [
        { share: join(share, 'no share'), files: ['file'], folders: [''] },
        { share, files: ['file'], folders: [] },
      ];
      expect(await raiser.raise(batch, never)).toEqual({ ...none, modified: 1, gone: 2 });
      expect(await raise([])).toEqual(none);
    });
  });

  it('tells of hundreds of files in one batch, and again', async () => {
    await inShare(async (share, raise) => {
      const names = Array.from({ length: 300 }, (_, at) => `${at}`);
      for (const name of names) await writeFile(join(share, name), '');
      const held = await open(join(share, '7'), 'r');
      for (let round = 0; round < 2; round += 1)
        expect(await raise(names)).toEqual({ ...none, modified: 300 });
      await held.close();
      await rm(join(share, '7'));
      expect(await raise(names)).toEqual({ ...none, modified: 299, gone: 1 });
    });
  });
});
